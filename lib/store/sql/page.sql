-- One chunk of a page. Rows that other mailboxes may write at the same time are taken in the order
-- of their keys, always identity, blob, activity, then the mailbox's own: so nobody waits in a circle.
-- What is the mailbox's own is in page_rows.sql.
-- (SELECT sync.now()) asks once a statement; as a column's default it would be asked for each row.

-- name: begin
-- Everything up to commit or rollback, READ COMMITTED.
BEGIN;

-- name: commit
-- It happened only if the command tag says COMMIT.
COMMIT;

-- name: rollback
ROLLBACK;

-- name: fence
-- Raises CS001 when the lease is not ours any more, so nothing behind it runs.
SELECT sync.fence($1::bigint, $2::uuid, $3::bigint);

-- name: fence_and_own
-- The same, and holds off who passes ownership on (wait_for_owners). One key for everybody: that is rare,
-- and short. Before anything else is locked, so nobody waits in a circle.
SELECT sync.fence($1::bigint, $2::uuid, $3::bigint),
       pg_advisory_xact_lock_shared(hashtext('store.activity owner'));

-- name: commit_without_waiting
-- For this transaction: a crash of PostgreSQL within the second may lose the whole of it. A later
-- COMMIT that waits keeps it, too.
SELECT set_config('synchronous_commit', 'off', true);

-- name: insert_identities
-- Proposes an activity for each message; where one is there it stays. Waits for other pages that
-- propose one for the same message.
INSERT INTO store.activity_identity (key, activity_id, from_hash, sent_at)
SELECT key, activity_id, from_hash, sent_at
  FROM unnest($1::bytea[], $2::uuid[], $3::bytea[], $4::timestamptz[])
       AS proposed (key, activity_id, from_hash, sent_at)
 ORDER BY key
    ON CONFLICT (key) DO NOTHING;

-- name: learn_senders
-- The addresses of those who were known by X.500 names only. Where another page learned one first,
-- that stands.
UPDATE store.activity_identity AS i SET from_hash = n.sender
  FROM (SELECT k.key, l.sender
          FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS l (key, known, sender)
          JOIN store.activity_identity AS k ON k.key = l.key AND k.from_hash = l.known
         ORDER BY k.key FOR NO KEY UPDATE OF k) AS n
 WHERE i.key = n.key;

-- name: select_identities
-- Who won, for each key. A statement of its own: it must see what the waiting above let in.
SELECT key, activity_id, from_hash, sent_at FROM store.activity_identity WHERE key = ANY ($1::bytea[]);

-- name: lock_identified_activities
-- Those that are written already, whether they are tombstones, and whether a scanner still holds some
-- of their attachments. The lock keeps the purge from
-- them until their parties and links are written.
SELECT a.id, a.deleted_at IS NOT NULL,
       EXISTS (SELECT FROM store.attachment AS t WHERE t.activity_id = a.id AND t.status = 'pending')
  FROM store.activity AS a
 WHERE a.id IN (SELECT i.activity_id FROM store.activity_identity AS i WHERE i.key = ANY ($1::bytea[]))
 ORDER BY a.id FOR KEY SHARE OF a;

-- name: hold_joined_activities
-- Of copies that only join: an untrack that buries the activity waits for them, and takes off what
-- they write; or they wait for it, and find a tombstone.
SELECT a.id, a.deleted_at IS NOT NULL FROM store.activity AS a
 WHERE a.id IN (SELECT i.activity_id FROM store.activity_identity AS i WHERE i.key = ANY ($1::bytea[]))
 ORDER BY a.id FOR SHARE OF a;

-- name: lock_blobs
-- Contents that are there already need not be sent again; the lock keeps the purge from them.
SELECT sha256 FROM store.blob WHERE sha256 = ANY ($1::bytea[]) ORDER BY sha256 FOR KEY SHARE;

-- name: insert_blobs
-- Those that were not there: another page may have brought them in the same moment.
INSERT INTO store.blob (sha256, size)
SELECT sha256, size FROM unnest($1::bytea[], $2::bigint[]) AS b (sha256, size)
 ORDER BY sha256
    ON CONFLICT (sha256) DO NOTHING
RETURNING sha256;

-- name: insert_blob_part
-- One part of 256 KiB a statement: nothing large is ever one parameter.
INSERT INTO store.blob_part (sha256, n, content) VALUES ($1::bytea, $2::bigint::integer, $3::bytea)
    ON CONFLICT (sha256, n) DO NOTHING;

-- name: insert_activities
-- New ones only: whoever won the identity writes the activity. An owner who has a successor by now is
-- that one.
INSERT INTO store.activity (id, kind, direction, subject, body, body_type, body_truncated, body_bytes,
       occurred_at, message_id, regarding_id, regarding_by_person, regarding_strength,
       regarding_mailbox, regarding_at, owner_id, owned_by_person, owned_at, owner_address, had_external,
       created_at, updated_at)
SELECT id, 'email', direction, subject, body, body_type, body_truncated, body_bytes,
       occurred_at, message_id, regarding_id, regarding_by_person, regarding_strength::integer,
       CASE WHEN regarding_id IS NOT NULL THEN $1::bigint END, chosen_at,
       coalesce((SELECT r.successor_id FROM store.record AS r WHERE r.id = a.owner_id), owner_id), owned_by_person, owned_at, owner_address, had_external,
       (SELECT sync.now()), (SELECT sync.now())
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::bigint[],
              $9::timestamptz[], $10::text[], $11::uuid[], $12::boolean[], $13::bigint[],
              $14::timestamptz[], $15::uuid[], $16::boolean[], $17::timestamptz[], $18::text[],
              $19::boolean[])
       AS a (id, direction, subject, body, body_type, body_truncated, body_bytes,
             occurred_at, message_id, regarding_id, regarding_by_person, regarding_strength,
             chosen_at, owner_id, owned_by_person, owned_at, owner_address, had_external);

-- name: insert_parties
-- Of activities written just before: each role and address once.
INSERT INTO store.activity_party (activity_id, role, address, ordinal, name, record_id, resolution, is_list)
SELECT activity_id, role, address, ordinal::integer, name, record_id, resolution, is_list
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::uuid[], $7::text[],
              $8::boolean[])
       AS p (activity_id, role, address, ordinal, name, record_id, resolution, is_list);

-- name: join_parties
-- The union over the copies: a copy may name who others do not (Bcc), and takes nothing away.
INSERT INTO store.activity_party (activity_id, role, address, ordinal, name, record_id, resolution, is_list)
SELECT activity_id, role, address, ordinal::integer, name, record_id, resolution, is_list
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::uuid[], $7::text[],
              $8::boolean[])
       AS p (activity_id, role, address, ordinal, name, record_id, resolution, is_list)
 ORDER BY activity_id, role COLLATE "C", address COLLATE "C", ordinal
    ON CONFLICT (activity_id, role, address) DO NOTHING;

-- name: insert_attachments
INSERT INTO store.attachment (activity_id, ordinal, name, content_type, size, status, reason, sha256, pending_since)
SELECT activity_id, ordinal::integer, name, content_type, size, status, reason, sha256,
       CASE status WHEN 'pending' THEN (SELECT sync.now()) END
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
              $8::bytea[])
       AS t (activity_id, ordinal, name, content_type, size, status, reason, sha256);

-- name: amend_activities
-- What a further copy changes in activities that are there: a better claim to ownership, a stronger
-- regarding, a tombstone revived. Touches a row only where something changes, in the order of ids.
-- Claims: a person before a rule, then the earlier, then the smaller address. Regarding: a person
-- before a rule, then the stronger; between persons the choice made in the owner's mailbox stands, else
-- the one first made earlier, then that of the smaller address; others become connections. So it never
-- matters which was read first. `clears`: a person took the label off.
-- COLLATE: unnest() gives the default collation, the claim is compared by bytes.
WITH incoming AS (
    SELECT c.*, m.owner_id AS mailbox_user, m.address AS mailbox_address,
           coalesce((SELECT r.successor_id FROM store.record AS r WHERE r.id = c.claimant),
                    c.claimant) AS claimant_now
      FROM unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::timestamptz[], $6::text[], $7::boolean[],
                  $8::boolean[], $9::uuid[], $10::boolean[], $11::bigint[], $12::boolean[],
                  $13::timestamptz[])
           AS c (activity_id, claimant, by_person, claimed_at, claim_address, revives,
                 had_external, regarding, regarding_by_person, strength, clears, chosen_at)
           LEFT JOIN sync.mailbox AS m ON m.id = $1::bigint
), locked AS MATERIALIZED (
    -- A tag waits for an untrack that is being released, to revive what that buries.
    SELECT a.id, i.*, a.owner_id AS old_owner, a.deleted_at AS was_deleted,
           a.regarding_id AS old_regarding, a.regarding_by_person AS old_by_person,
           a.regarding_mailbox AS old_mailbox, a.regarding_at AS old_chosen_at,
           a.regarding_strength AS old_strength,
           a.had_external AS old_external,
           i.claimed_at IS NOT NULL
               AND (i.revives AND a.deleted_at IS NOT NULL
                    OR i.by_person AND NOT a.owned_by_person
                    OR i.by_person = a.owned_by_person
                       AND (i.claimed_at, i.claim_address COLLATE "C") < (a.owned_at, a.owner_address))
               AS takes_over
      FROM incoming AS i JOIN store.activity AS a ON a.id = i.activity_id
     WHERE i.revives
        OR i.had_external AND NOT a.had_external
        OR i.claimed_at IS NOT NULL
           AND (i.by_person AND NOT a.owned_by_person
                OR i.by_person = a.owned_by_person
                   AND (i.claimed_at, i.claim_address COLLATE "C") < (a.owned_at, a.owner_address))
        OR i.clears
        OR i.regarding IS NOT NULL
           AND (i.regarding_by_person AND (NOT a.regarding_by_person OR i.regarding IS DISTINCT FROM a.regarding_id
                                           OR a.regarding_mailbox IS DISTINCT FROM $1::bigint)
                OR NOT i.regarding_by_person AND NOT a.regarding_by_person
                   AND (a.regarding_id IS NULL OR i.strength > a.regarding_strength))
     ORDER BY a.id
       FOR NO KEY UPDATE OF a
), owned AS (
    SELECT l.*, CASE WHEN l.takes_over THEN l.claimant_now ELSE l.old_owner END AS owner_now,
           h.owner_id AS old_user, h.address AS old_address
      FROM locked AS l
      LEFT JOIN LATERAL (SELECT m.owner_id, m.address FROM sync.mailbox AS m
                          WHERE m.id = l.old_mailbox OFFSET 0) AS h ON true
), ruled AS (
    SELECT o.*,
           -- Whose choice stands: that of the owner, of the mailbox that chose before, or the earlier.
           o.mailbox_user IS NOT NULL AND o.mailbox_user = o.owner_now
               OR o.old_mailbox = $1::bigint
               OR NOT o.old_by_person
               OR NOT o.clears AND o.old_user IS DISTINCT FROM o.owner_now AND o.old_address IS NOT NULL
                  AND (o.chosen_at, o.mailbox_address COLLATE "C")
                      < (coalesce(o.old_chosen_at, '-infinity'), o.old_address COLLATE "C") AS may_choose
      FROM owned AS o
), settled AS (
    SELECT r.*,
           CASE WHEN r.clears THEN r.may_choose
                WHEN r.regarding IS NULL THEN false
                WHEN r.regarding_by_person THEN r.may_choose
                ELSE NOT r.old_by_person AND (r.old_regarding IS NULL OR r.strength > r.old_strength)
           END AS sets_regarding
      FROM ruled AS r
), amended AS (
    UPDATE store.activity AS a
       SET owner_id = s.owner_now,
           owned_by_person = CASE WHEN s.takes_over THEN s.by_person ELSE a.owned_by_person END,
           owned_at = CASE WHEN s.takes_over THEN s.claimed_at ELSE a.owned_at END,
           owner_address = CASE WHEN s.takes_over THEN s.claim_address ELSE a.owner_address END,
           had_external = a.had_external OR s.had_external,
           -- From inside: a copy that names somebody outside (Bcc) says where it went.
           direction = CASE WHEN s.had_external AND a.direction = 'internal' THEN 'outgoing'
                            ELSE a.direction END,
           deleted_at = CASE WHEN s.revives THEN NULL ELSE a.deleted_at END,
           purge_after = CASE WHEN s.revives THEN NULL ELSE a.purge_after END,
           regarding_id = CASE WHEN s.sets_regarding THEN s.regarding ELSE a.regarding_id END,
           regarding_by_person = CASE WHEN s.sets_regarding THEN s.clears OR s.regarding_by_person
                                      ELSE a.regarding_by_person END,
           regarding_strength = CASE WHEN s.sets_regarding THEN s.strength::integer ELSE a.regarding_strength END,
           regarding_mailbox = CASE WHEN s.sets_regarding THEN $1::bigint ELSE a.regarding_mailbox END,
           -- A change of mind is as old as the first choice.
           regarding_at = CASE WHEN NOT s.sets_regarding THEN a.regarding_at
                               WHEN s.old_by_person AND s.old_mailbox = $1::bigint
                               THEN least(a.regarding_at, s.chosen_at)
                               ELSE s.chosen_at END,
           updated_at = (SELECT sync.now())
      FROM settled AS s
     WHERE a.id = s.id
       AND (s.takes_over OR s.sets_regarding OR s.revives AND s.was_deleted IS NOT NULL
            OR s.had_external AND NOT s.old_external)
), withdrawn AS (
    -- This mailbox chose another one, or none, or its choice is what the activity is about now: its
    -- earlier choice is no connection any more. Another's for the same record is that one's own.
    DELETE FROM store.activity_connection AS c
     USING settled AS s
     WHERE c.activity_id = s.id AND c.role = 'regarding' AND (s.clears OR s.regarding_by_person)
       AND c.mailbox_id = $1::bigint AND (s.sets_regarding OR c.record_id IS DISTINCT FROM s.regarding)
), connected AS (
    INSERT INTO store.activity_connection (activity_id, record_id, role, mailbox_id, chosen_at)
    -- A choice that does not stand, be it the same as the one that does.
    SELECT s.id, s.regarding, 'regarding', $1::bigint, s.chosen_at FROM settled AS s
     WHERE s.regarding_by_person AND s.regarding IS NOT NULL AND NOT s.sets_regarding
    UNION ALL
    -- Another user's choice, which the owner's or an earlier one replaces.
    SELECT s.id, s.old_regarding, 'regarding', s.old_mailbox, s.old_chosen_at FROM settled AS s
     WHERE s.sets_regarding AND NOT s.clears AND s.old_by_person AND s.old_regarding IS NOT NULL
       AND s.old_mailbox IS DISTINCT FROM $1::bigint
     ORDER BY 1, 2
        ON CONFLICT (activity_id, record_id, role, mailbox_id) DO NOTHING
)
SELECT id, was_deleted IS NOT NULL AND revives AS revived FROM settled;

-- name: follow_threads
-- What stored answers are about by their thread, now that more of it is stored. Never against a
-- person's choice or stronger evidence; against its own earlier word, which followed less of it.
WITH found AS (
    SELECT a.id, n.regarding, n.strength
      FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS n (activity_id, regarding, strength)
      JOIN store.activity AS a ON a.id = n.activity_id
     WHERE a.deleted_at IS NULL AND NOT a.regarding_by_person
       AND a.regarding_id IS DISTINCT FROM n.regarding
       AND (a.regarding_id IS NULL OR a.regarding_strength <= n.strength)
     ORDER BY a.id FOR NO KEY UPDATE OF a
)
UPDATE store.activity AS a
   SET regarding_id = f.regarding, regarding_strength = f.strength::integer,
       regarding_mailbox = $1::bigint, updated_at = (SELECT sync.now())
  FROM found AS f WHERE a.id = f.id;
