-- Untracking: stage, release, purge.

-- name: staged_untracks
-- With what the release needs to know of each. Of those the guard holds only what a person decided on.
SELECT s.item_id, s.seen_at, s.wanted, l.activity_id, a.deleted_at IS NOT NULL, a.message_id,
       l.tracked_by, l.category_seen,
       coalesce(a.owner_id = m.owner_id, false),
       EXISTS (SELECT FROM sync.link AS o
                WHERE o.activity_id = l.activity_id AND o.mailbox_id <> s.mailbox_id AND o.tracked_by = 'user')
  FROM sync.untrack_stage AS s
  JOIN sync.mailbox AS m ON m.id = s.mailbox_id
  LEFT JOIN sync.link AS l ON l.mailbox_id = s.mailbox_id AND l.item_id = s.item_id
  LEFT JOIN store.activity AS a ON a.id = l.activity_id
 WHERE s.mailbox_id = $1::bigint AND (NOT s.held OR s.wanted IS NOT NULL)
 ORDER BY s.seen_at, s.item_id;

-- name: removals_last_hour
-- By the user: released ones that no new tag has undone, and those that were held. What the service
-- takes off itself is neither, nor is what a person confirmed. The links as they would be without
-- what was released.
SELECT (SELECT count(*) FROM sync.released AS r
         WHERE r.mailbox_id = m.id AND r.item_hmac IS NOT NULL AND r.released_at > sync.now() - interval '1 hour'
           AND EXISTS (SELECT FROM sync.pin AS p
                        WHERE p.mailbox_id = m.id AND p.kind = 'untrack_item' AND p.message_hmac = r.item_hmac)),
       (SELECT count(*) FROM sync.untrack_stage AS s
         WHERE s.mailbox_id = m.id AND s.held AND s.wanted IS NULL AND s.held_at > sync.now() - interval '1 hour'),
       (SELECT count(*) FROM sync.untrack_stage AS s WHERE s.mailbox_id = m.id AND s.held AND s.wanted IS NULL),
       m.link_count + (SELECT count(*) FROM sync.released AS r
                        WHERE r.mailbox_id = m.id AND r.released_at > sync.now() - interval '1 hour'
                          AND NOT EXISTS (SELECT FROM sync.link AS l
                                           WHERE l.mailbox_id = m.id AND l.item_id = r.item_id)),
       m.categories_at IS NOT NULL, coalesce(m.category_gone_at > sync.now() - interval '1 hour', false)
  FROM sync.mailbox AS m WHERE m.id = $1::bigint;

-- name: lock_released_activities
-- In the order of ids, as a page does; afterwards nobody else changes owner or tombstone. Waits for pages
-- that have found one of them alive: their links are not there yet. Those that come later wait here.
SELECT a.id FROM store.activity AS a
 WHERE a.id IN (SELECT l.activity_id FROM sync.link AS l
                 WHERE l.mailbox_id = $1::bigint AND l.item_id = ANY ($2::text[]))
 ORDER BY a.id FOR UPDATE OF a;

-- name: release_facts
-- For each item to be released: whose the activity is, whether another copy in this mailbox still
-- carries a tag (or is owed one), and who would own it next: who tagged it earliest in another
-- mailbox, be it one of the same user's. Last, whether the mailbox only shows what others track: not
-- where its user tracked it by hand, in this very mailbox before it was removed and added again, or
-- where nobody tracks it any more.
SELECT l.item_id, l.activity_id, a.deleted_at IS NOT NULL,
       coalesce(a.owner_id = m.owner_id, false),
       EXISTS (SELECT FROM sync.link AS c
                WHERE c.activity_id = l.activity_id AND c.mailbox_id = l.mailbox_id AND NOT c.gone
                  AND c.item_id <> ALL ($2::text[])
                  AND (c.category_seen <> 'none'
                       OR EXISTS (SELECT FROM sync.write_back AS w
                                   WHERE w.mailbox_id = c.mailbox_id AND w.item_id = c.item_id
                                     AND w.state IN ('waiting', 'sent', 'conflict')
                                     AND w.desired ->> 'state' IN ('tracked', 'review')))),
       n.owner_id, n.tagged_at, n.address,
       NOT EXISTS (SELECT FROM sync.link AS s
                    WHERE s.activity_id = l.activity_id AND s.mailbox_id = l.mailbox_id
                      AND s.tracked_by <> 'shared')
       AND (a.owner_id IS DISTINCT FROM m.owner_id
            OR EXISTS (SELECT FROM sync.link AS s JOIN sync.mailbox AS b ON b.id = s.mailbox_id
                        WHERE s.activity_id = l.activity_id AND s.mailbox_id <> l.mailbox_id
                          AND s.tracked_by <> 'shared' AND (b.owner_id = m.owner_id OR NOT a.owned_by_person)))
  FROM sync.link AS l
  JOIN sync.mailbox AS m ON m.id = l.mailbox_id
  JOIN store.activity AS a ON a.id = l.activity_id
  LEFT JOIN LATERAL (
      SELECT b.owner_id, o.tagged_at, b.address
        FROM sync.link AS o JOIN sync.mailbox AS b ON b.id = o.mailbox_id
       WHERE o.activity_id = l.activity_id AND o.mailbox_id <> l.mailbox_id AND o.tracked_by = 'user'
         AND b.owner_id IS NOT NULL
       ORDER BY o.tagged_at, b.address LIMIT 1) AS n ON true
 WHERE l.mailbox_id = $1::bigint AND l.item_id = ANY ($2::text[])
 ORDER BY l.item_id;

-- name: keep_released
-- Before anything is deleted: what it takes to undo the release within the hour.
INSERT INTO sync.released AS r (mailbox_id, item_id, activity_id, released_at, became, item_hmac, message_hmac,
                                link, owner_id, owned_by_person, owned_at, owner_address)
SELECT l.mailbox_id, l.item_id, l.activity_id, (SELECT sync.now()), f.became, h.item_hmac, h.message_hmac,
       to_jsonb(l), a.owner_id, a.owned_by_person, a.owned_at, a.owner_address
  FROM sync.link AS l
  JOIN store.activity AS a ON a.id = l.activity_id
  JOIN (SELECT DISTINCT ON (activity_id) activity_id, became FROM unnest($5::uuid[], $6::text[]) AS b (activity_id, became)
         ORDER BY activity_id, became) AS f ON f.activity_id = l.activity_id
  LEFT JOIN unnest($2::text[], $3::bytea[], $4::bytea[]) AS h (item_id, item_hmac, message_hmac)
    ON h.item_id = l.item_id
 WHERE l.mailbox_id = $1::bigint AND (h.item_id IS NOT NULL OR l.activity_id = ANY ($7::uuid[]))
 ORDER BY l.item_id
    ON CONFLICT (mailbox_id, item_id) DO UPDATE
   SET activity_id = excluded.activity_id, released_at = excluded.released_at, became = excluded.became,
       item_hmac = excluded.item_hmac, message_hmac = excluded.message_hmac, link = excluded.link,
       owner_id = excluded.owner_id, owned_by_person = excluded.owned_by_person,
       owned_at = excluded.owned_at, owner_address = excluded.owner_address;

-- name: unlink
-- The released items, and all copies in this mailbox of activities that lost their last tag here.
-- Nothing is owed to an item that is not linked any more.
WITH unlinked AS (
    DELETE FROM sync.link
     WHERE mailbox_id = $1::bigint AND (item_id = ANY ($2::text[]) OR activity_id = ANY ($3::uuid[]))
    RETURNING item_id
), owed AS (
    DELETE FROM sync.write_back AS w USING unlinked AS u
     WHERE w.mailbox_id = $1::bigint AND w.item_id = u.item_id
)
UPDATE sync.mailbox SET link_count = greatest(link_count - (SELECT count(*) FROM unlinked), 0)
 WHERE id = $1::bigint AND EXISTS (SELECT FROM unlinked);

-- name: insert_pins
-- No rule, thread or resync brings these items and messages back into this mailbox.
INSERT INTO sync.pin (mailbox_id, message_hmac, kind)
SELECT DISTINCT $1::bigint, hmac, 'untrack_item' FROM unnest($2::bytea[]) AS h (hmac)
 UNION ALL
SELECT DISTINCT $1::bigint, hmac, 'untrack' FROM unnest($3::bytea[]) AS h (hmac)
    ON CONFLICT (mailbox_id, message_hmac, kind) DO UPDATE SET at = excluded.at;

-- name: pass_ownership
-- To the heir, or who succeeded that one meanwhile.
UPDATE store.activity AS a
   SET owner_id = coalesce((SELECT r.successor_id FROM store.record AS r WHERE r.id = n.owner_id), n.owner_id),
       owned_by_person = true, owned_at = n.tagged_at, owner_address = n.address,
       updated_at = (SELECT sync.now())
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[]) AS n (id, owner_id, tagged_at, address)
 WHERE a.id = n.id;

-- name: follow_owners_choice
-- Of activities that have another owner now: what that one chose is what they are about, and the choice that
-- stood becomes a connection.
WITH chosen AS (
    SELECT DISTINCT ON (a.id) a.id, c.record_id, c.mailbox_id, c.chosen_at,
           a.regarding_id AS old_regarding, a.regarding_by_person AS old_by_person,
           a.regarding_mailbox AS old_mailbox, a.regarding_at AS old_chosen_at
      FROM store.activity AS a
      JOIN store.activity_connection AS c ON c.activity_id = a.id AND c.role = 'regarding'
      JOIN sync.mailbox AS m ON m.id = c.mailbox_id AND m.owner_id = a.owner_id
      LEFT JOIN sync.mailbox AS o ON o.id = a.regarding_mailbox
     WHERE a.id = ANY ($1::uuid[]) AND NOT (a.regarding_by_person AND coalesce(o.owner_id = a.owner_id, false))
     ORDER BY a.id, c.record_id
), moved AS (
    UPDATE store.activity AS a
       SET regarding_id = c.record_id, regarding_by_person = true, regarding_strength = $2::bigint::integer,
           regarding_mailbox = c.mailbox_id, regarding_at = c.chosen_at, updated_at = (SELECT sync.now())
      FROM chosen AS c WHERE a.id = c.id
), taken AS (
    DELETE FROM store.activity_connection AS n USING chosen AS c
     WHERE n.activity_id = c.id AND n.role = 'regarding' AND n.record_id = c.record_id
       AND n.mailbox_id = c.mailbox_id
)
INSERT INTO store.activity_connection (activity_id, record_id, role, mailbox_id, chosen_at)
SELECT id, old_regarding, 'regarding', old_mailbox, old_chosen_at FROM chosen
 WHERE old_by_person AND old_regarding IS NOT NULL
 ORDER BY 1, 2
    ON CONFLICT (activity_id, record_id, role, mailbox_id) DO NOTHING;

-- name: bury_activities
-- Hidden at once, purged after the grace, revived when tagged again.
UPDATE store.activity
   SET deleted_at = (SELECT sync.now()), purge_after = (SELECT sync.now()) + make_interval(days => $2::bigint::integer),
       updated_at = (SELECT sync.now())
 WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL;

-- name: owe_take_offs
-- Our category goes from the other copies: a write of ours, not an untrack. No version: each holder
-- reads the item first. What an answer was made from that was not written yet stays, since it tells
-- which tags have come since.
INSERT INTO sync.write_back AS w (mailbox_id, item_id, desired, categories, version, state)
SELECT l.mailbox_id, l.item_id, $3::jsonb, NULL, '', 'waiting'
  FROM sync.link AS l
 WHERE l.activity_id = ANY ($2::uuid[]) AND l.mailbox_id <> $1::bigint AND NOT l.gone
   AND (l.category_seen <> 'none'
        OR EXISTS (SELECT FROM sync.write_back AS o
                    WHERE o.mailbox_id = l.mailbox_id AND o.item_id = l.item_id
                      AND o.state IN ('waiting', 'sent', 'conflict')))
 ORDER BY l.mailbox_id, l.item_id
    ON CONFLICT (mailbox_id, item_id, kind) DO UPDATE
   SET desired = excluded.desired, categories = CASE WHEN w.state <> 'done' THEN w.categories END,
       version = excluded.version, generation = w.generation + 1, state = 'waiting', attempts = 0,
       next_attempt_at = excluded.next_attempt_at, last_failure = NULL
RETURNING w.mailbox_id;

-- name: decide_untracked
-- A person's word is the latest answer for these items, and for the copies of these messages that went
-- along with them.
UPDATE sync.decision AS d
   SET outcome = 'untracked', rule = 'pinned', evidence = '[]', decided_at = (SELECT sync.now())
  FROM (SELECT h.hmac FROM unnest($2::bytea[]) AS h (hmac)
         UNION
        SELECT c.item_hmac FROM sync.decision AS c
         WHERE c.mailbox_id = $1::bigint AND c.message_id_hmac = ANY ($3::bytea[]) AND c.outcome = 'tracked'
           AND NOT EXISTS (SELECT FROM sync.link AS l WHERE l.mailbox_id = c.mailbox_id AND l.item_id = c.item_id)) AS n
 WHERE d.mailbox_id = $1::bigint AND d.item_hmac = n.hmac;

-- name: tombstones_to_purge
SELECT id, message_id FROM store.activity
 WHERE purge_after <= sync.now()
 ORDER BY purge_after LIMIT $1::bigint FOR UPDATE SKIP LOCKED;

-- name: purge_identities
DELETE FROM store.activity_identity WHERE activity_id = ANY ($1::uuid[]);

-- name: identities_left
-- Of these keys: the keys of one text must stay without a hole.
SELECT key FROM store.activity_identity WHERE key = ANY ($1::bytea[]);

-- name: move_identities
UPDATE store.activity_identity AS i SET key = m.to_key
  FROM unnest($1::bytea[], $2::bytea[]) AS m (from_key, to_key) WHERE i.key = m.from_key;

-- name: purge_links
-- And what was decided of them: nothing is tracked there any more, and nothing remembers where it was.
WITH purged AS (
    DELETE FROM sync.link AS l WHERE l.activity_id = ANY ($1::uuid[])
    RETURNING l.mailbox_id, l.item_id
), settled AS (
    DELETE FROM sync.write_back AS w USING purged AS p
     WHERE w.mailbox_id = p.mailbox_id AND w.item_id = p.item_id AND w.state IN ('done', 'given_up')
), unstaged AS (
    DELETE FROM sync.untrack_stage AS s USING purged AS p
     WHERE s.mailbox_id = p.mailbox_id AND s.item_id = p.item_id
), forgotten AS (
    UPDATE sync.decision AS d
       SET outcome = 'ignored', rule = 'none', item_id = NULL, evidence = '[]'
      FROM purged AS p
     WHERE d.mailbox_id = p.mailbox_id AND d.item_id = p.item_id AND d.outcome IN ('tracked', 'held')
), counted AS (
    SELECT m.id, c.n FROM sync.mailbox AS m
      JOIN (SELECT mailbox_id, count(*) AS n FROM purged GROUP BY mailbox_id) AS c ON c.mailbox_id = m.id
     ORDER BY m.id FOR NO KEY UPDATE OF m
)
UPDATE sync.mailbox AS m SET link_count = greatest(m.link_count - c.n, 0) FROM counted AS c WHERE m.id = c.id;

-- name: purge_activities
-- Connections and attachments go with them; the contents they used come back, to be looked at once
-- these rows are gone.
WITH used AS (
    SELECT DISTINCT sha256 FROM store.attachment WHERE activity_id = ANY ($1::uuid[]) AND sha256 IS NOT NULL
), parties AS (
    DELETE FROM store.activity_party WHERE activity_id = ANY ($1::uuid[])
), purged AS (
    DELETE FROM store.activity WHERE id = ANY ($1::uuid[])
)
SELECT sha256 FROM used;

-- name: lock_unused_blobs
-- A page that uses one holds a lock on it: waits for that page.
SELECT sha256 FROM store.blob WHERE sha256 = ANY ($1::bytea[]) ORDER BY sha256 FOR UPDATE;

-- name: purge_blobs
-- A statement of its own: it sees what the pages waited for have written.
DELETE FROM store.blob AS b
 WHERE b.sha256 = ANY ($1::bytea[]) AND NOT EXISTS (SELECT FROM store.attachment AS t WHERE t.sha256 = b.sha256);
