-- sync.revisit: what mailboxes are to look at again, since something was stored elsewhere. Rows of
-- other mailboxes are taken in the order of their keys. `again`: asked once more after the commit;
-- what was asked for already is not asked for twice.

-- name: ask_for_copies
-- Of messages that are stored, or alive again, since now: every mailbox that has decided such an item
-- without tracking it. Gives back the mailboxes.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT DISTINCT o.mailbox_id, 'copy', n.message_id COLLATE "C"
  FROM unnest($3::bytea[], $4::text[]) AS n (message_hmac, message_id)
 CROSS JOIN LATERAL (
     SELECT d.mailbox_id FROM sync.decision AS d
      WHERE d.message_id_hmac = n.message_hmac AND d.mailbox_id <> $1::bigint
        AND (d.outcome IN ('ignored', 'failed') OR d.outcome = 'refused' AND d.rule = 'gate_ceiling')
     OFFSET 0) AS o
 ORDER BY 1, 3
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE
   SET asks = r.asks + 1, due_at = excluded.due_at WHERE NOT $2::boolean
RETURNING mailbox_id;

-- name: ask_for_unmarked_copies
-- Copies that no decision tells of: linked ones, whose mark was taken off with the activity; and those
-- of who took part in a message older than what leaves decisions. Gives back the mailboxes.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT DISTINCT o.mailbox_id, 'copy', n.message_id COLLATE "C"
  FROM unnest($3::text[], $4::uuid[]) AS n (message_id, activity_id)
 CROSS JOIN LATERAL (
     SELECT l.mailbox_id FROM sync.link AS l WHERE l.activity_id = n.activity_id AND NOT l.gone
     UNION ALL
     SELECT m.id FROM store.activity_party AS p JOIN sync.mailbox AS m ON m.address = p.address
      WHERE p.activity_id = n.activity_id AND m.state = 'enabled'
     UNION ALL
     SELECT m.id FROM store.activity_party AS p JOIN sync.mailbox AS m ON m.owner_id = p.record_id
      WHERE p.activity_id = n.activity_id AND m.state = 'enabled'
     OFFSET 0) AS o
 WHERE o.mailbox_id <> $1::bigint
 ORDER BY 1, 3
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE
   SET asks = r.asks + 1, due_at = excluded.due_at WHERE NOT $2::boolean
RETURNING mailbox_id;

-- name: ask_for_replies
-- In every mailbox that ignored an item which names one of these new messages as its parent. Gives
-- back the mailboxes.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT DISTINCT p.mailbox_id, 'reply', n.message_id COLLATE "C"
  FROM unnest($2::bytea[], $3::text[]) AS n (message_hmac, message_id)
 CROSS JOIN LATERAL (
     SELECT c.mailbox_id, c.item_hmac FROM sync.decision_parent AS c
      WHERE c.message_hmac = n.message_hmac OFFSET 0) AS p
 CROSS JOIN LATERAL (
     SELECT d.outcome FROM sync.decision AS d
      WHERE d.mailbox_id = p.mailbox_id AND d.item_hmac = p.item_hmac OFFSET 0) AS d
 WHERE d.outcome = 'ignored'
 ORDER BY 1, 3
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE
   SET asks = r.asks + 1, due_at = excluded.due_at WHERE NOT $1::boolean
RETURNING mailbox_id;

-- name: ask_for_regardings
-- Stored answers to these messages that are about something else, or nothing, and not by a person: by
-- weaker evidence than that of a header ($4), or by what an earlier message said before. Time goes one
-- way only, so threads that lead in a circle come to an end. Of several copies of an answer one is
-- enough. Gives back the mailboxes.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT f.mailbox_id, 'regarding', f.item_id
  FROM (SELECT DISTINCT ON (l.activity_id) c.mailbox_id, d.item_id
          FROM unnest($2::bytea[], $3::uuid[]) AS n (message_hmac, activity_id)
         CROSS JOIN LATERAL (
             SELECT p.mailbox_id, p.item_hmac FROM sync.decision_parent AS p
              WHERE p.message_hmac = n.message_hmac OFFSET 0) AS c
         CROSS JOIN LATERAL (
             SELECT a.regarding_id, a.occurred_at FROM store.activity AS a
              WHERE a.id = n.activity_id AND a.regarding_id IS NOT NULL OFFSET 0) AS parent
         CROSS JOIN LATERAL (
             SELECT k.item_id FROM sync.decision AS k
              WHERE k.mailbox_id = c.mailbox_id AND k.item_hmac = c.item_hmac
                AND k.outcome = 'tracked' OFFSET 0) AS d
         CROSS JOIN LATERAL (
             SELECT k.activity_id FROM sync.link AS k
              WHERE k.mailbox_id = c.mailbox_id AND k.item_id = d.item_id AND NOT k.gone OFFSET 0) AS l
         CROSS JOIN LATERAL (
             SELECT a.id FROM store.activity AS a
              WHERE a.id = l.activity_id AND a.deleted_at IS NULL AND NOT a.regarding_by_person
                AND a.regarding_id IS DISTINCT FROM parent.regarding_id
                AND (a.regarding_id IS NULL OR a.regarding_strength < $4::bigint
                     OR a.regarding_strength = $4::bigint AND parent.occurred_at < a.occurred_at)
             OFFSET 0) AS child
          JOIN sync.mailbox AS m ON m.id = c.mailbox_id AND m.state = 'enabled'
         ORDER BY l.activity_id, c.mailbox_id, d.item_id) AS f
 ORDER BY f.mailbox_id, f.item_id COLLATE "C"
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE
   SET asks = r.asks + 1, due_at = excluded.due_at WHERE NOT $1::boolean
RETURNING mailbox_id;

-- name: ask_for_own
-- In the own mailbox ($1), for this reason ($2): those of these messages that are stored, and about
-- something where that is what is asked for.
INSERT INTO sync.revisit (mailbox_id, reason, key)
SELECT DISTINCT $1::bigint, $2::text COLLATE "C", n.revisit_key COLLATE "C"
  FROM unnest($3::bytea[], $4::text[]) AS n (identity_key, revisit_key)
 CROSS JOIN LATERAL (
     SELECT i.activity_id FROM store.activity_identity AS i WHERE i.key = n.identity_key OFFSET 0) AS i
 CROSS JOIN LATERAL (
     SELECT a.deleted_at, a.regarding_id FROM store.activity AS a WHERE a.id = i.activity_id OFFSET 0) AS a
 WHERE a.deleted_at IS NULL AND ($2::text <> 'regarding' OR a.regarding_id IS NOT NULL)
 ORDER BY 3
    ON CONFLICT (mailbox_id, reason, key) DO NOTHING;

-- name: due_revisits
SELECT reason, key, asks FROM sync.revisit
 WHERE mailbox_id = $1::bigint AND due_at <= sync.now() ORDER BY due_at, reason, key LIMIT $2::bigint;

-- name: put_off_revisit
UPDATE sync.revisit SET due_at = $5::timestamptz
 WHERE mailbox_id = $1::bigint AND reason = $2::text AND key = $3::text AND asks = $4::bigint;

-- name: revisited
-- What was not asked for again meanwhile.
DELETE FROM sync.revisit AS r
 USING (SELECT k.ctid AS at
          FROM unnest($2::text[], $3::text[], $4::bigint[]) AS d (reason, key, asks)
          JOIN sync.revisit AS k ON k.mailbox_id = $1::bigint AND k.reason = d.reason COLLATE "C"
                                AND k.key = d.key COLLATE "C" AND k.asks = d.asks
         ORDER BY k.reason, k.key FOR UPDATE OF k) AS done
 WHERE r.ctid = done.at;
