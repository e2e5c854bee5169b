-- sync.published_label, store.record_pin: the regarding categories a mailbox offers.

-- name: pin_record
INSERT INTO store.record_pin (user_id, record_id) VALUES ($1::uuid, $2::uuid)
    ON CONFLICT (user_id, record_id) DO NOTHING;

-- name: unpin_record
DELETE FROM store.record_pin WHERE user_id = $1::uuid AND record_id = $2::uuid;

-- name: wanted_labels
-- Open records of a mailbox's owner: pinned ones, the latest pin first, then the newest opportunities
-- and cases it owns. And whether another open record has that name.
WITH mine AS (
    SELECT owner_id FROM sync.mailbox WHERE id = $1::bigint
), offered AS (
    (SELECT p.record_id AS id, 0 AS rank, p.pinned_at AS at
       FROM mine JOIN store.record_pin AS p ON p.user_id = mine.owner_id
       JOIN store.record AS r ON r.id = p.record_id AND r.state = 'open'
      ORDER BY p.pinned_at DESC, p.record_id LIMIT $2::bigint)
     UNION ALL
    (SELECT r.id, 1, r.created_at FROM mine JOIN store.record AS r ON r.owner_id = mine.owner_id
      WHERE r.state = 'open' AND r.type IN ('opportunity', 'case')
      ORDER BY r.created_at DESC, r.id LIMIT $2::bigint)
), first AS (
    SELECT DISTINCT ON (id) id, rank, at FROM offered ORDER BY id, rank
)
SELECT r.id, r.name, r.number,
       EXISTS (SELECT FROM store.record AS o
                WHERE o.label = r.label AND o.id <> r.id AND o.state = 'open' AND o.type NOT IN ('user', 'team'))
  FROM first AS f JOIN store.record AS r ON r.id = f.id
 WHERE r.type NOT IN ('user', 'team')
 ORDER BY f.rank, f.at DESC, r.id LIMIT $2::bigint;

-- name: published_labels
SELECT category, label, record_id, state FROM sync.published_label
 WHERE mailbox_id = $1::bigint ORDER BY category_key;

-- name: write_labels
INSERT INTO sync.published_label AS p (mailbox_id, category_key, category, label, record_id, state, published_at)
SELECT $1::bigint, n.category_key, n.category, n.label, n.record_id, n.state, (SELECT sync.now())
  FROM unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[])
       AS n (category_key, category, label, record_id, state)
 ORDER BY n.category_key COLLATE "C"
    ON CONFLICT (mailbox_id, category_key) DO UPDATE
   SET category = excluded.category, label = excluded.label, record_id = excluded.record_id, state = excluded.state,
       published_at = CASE WHEN p.record_id = excluded.record_id AND p.state NOT IN ('removing', 'gone')
                           THEN p.published_at ELSE excluded.published_at END;

-- name: labels_carried_out
-- What was to be done to the list has been done.
UPDATE sync.published_label SET state = CASE state WHEN 'adding' THEN 'listed' ELSE 'gone' END
 WHERE mailbox_id = $1::bigint AND state = $2::text;

-- name: candidates_by_published
-- What a mailbox was offered under these labels: what stands now before what stood once, the later
-- before the earlier.
SELECT l.label, r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state
  FROM unnest($2::text[]) AS l (label)
 CROSS JOIN LATERAL (
     SELECT p.record_id FROM sync.published_label AS p
      WHERE p.mailbox_id = $1::bigint AND p.label = l.label
      ORDER BY p.state IN ('removing', 'gone'), p.published_at DESC, p.category_key LIMIT 1) AS p
  JOIN store.record AS r ON r.id = p.record_id
 ORDER BY l.label;

-- name: ask_for_labels_of_owners
-- Of mailboxes that belong to one of these users or teams. Gives them back.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT m.id, 'labels', '' FROM sync.mailbox AS m
 WHERE m.owner_id = ANY ($1::uuid[]) AND m.state IN ('enabled', 'stopped')
 ORDER BY m.id
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE SET asks = r.asks + 1, due_at = excluded.due_at
RETURNING mailbox_id;

-- name: ask_for_labels_of_records
-- Of mailboxes that offer one of these records, or could.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT DISTINCT o.mailbox_id, 'labels', ''
  FROM unnest($1::uuid[]) AS n (id)
 CROSS JOIN LATERAL (
     SELECT p.mailbox_id FROM sync.published_label AS p WHERE p.record_id = n.id
     UNION ALL
     SELECT m.id FROM store.record_pin AS p JOIN sync.mailbox AS m ON m.owner_id = p.user_id
      WHERE p.record_id = n.id
     UNION ALL
     SELECT m.id FROM store.record AS c JOIN sync.mailbox AS m ON m.owner_id = c.owner_id
      WHERE c.id = n.id AND c.type IN ('opportunity', 'case')
     OFFSET 0) AS o
  JOIN sync.mailbox AS m ON m.id = o.mailbox_id AND m.state IN ('enabled', 'stopped')
 ORDER BY o.mailbox_id
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE SET asks = r.asks + 1, due_at = excluded.due_at;

-- name: ask_for_labels_of_import
-- Before the rows are written: of those whose name, number, owner or state is about to change.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key)
SELECT DISTINCT o.mailbox_id, 'labels', ''
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::boolean[], $7::uuid[], $8::text[])
       AS i (id, type, name, says_number, number, says_owner, owner_id, state)
  LEFT JOIN LATERAL (SELECT c.name, c.number, c.owner_id, c.state FROM store.record AS c
                      WHERE c.id = i.id OFFSET 0) AS was ON true
 CROSS JOIN LATERAL (
     SELECT p.mailbox_id FROM sync.published_label AS p WHERE p.record_id = i.id
     UNION ALL
     SELECT m.id FROM store.record_pin AS p JOIN sync.mailbox AS m ON m.owner_id = p.user_id
      WHERE p.record_id = i.id
     UNION ALL
     SELECT m.id FROM sync.mailbox AS m
      WHERE m.owner_id IN (was.owner_id, CASE WHEN i.says_owner THEN i.owner_id END)
        AND i.type IN ('opportunity', 'case')
     OFFSET 0) AS o
  JOIN sync.mailbox AS m ON m.id = o.mailbox_id AND m.state IN ('enabled', 'stopped')
 WHERE was.name IS DISTINCT FROM i.name
    OR i.says_number AND was.number IS DISTINCT FROM i.number
    OR i.says_owner AND was.owner_id IS DISTINCT FROM i.owner_id
    OR i.state IS NOT NULL AND was.state <> i.state
 ORDER BY o.mailbox_id
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE SET asks = r.asks + 1, due_at = excluded.due_at;

-- name: ask_for_labels_later
-- Of a mailbox whose list could not be changed.
INSERT INTO sync.revisit AS r (mailbox_id, reason, key, due_at)
VALUES ($1::bigint, 'labels', '', $2::timestamptz)
    ON CONFLICT (mailbox_id, reason, key) DO UPDATE SET due_at = excluded.due_at;
