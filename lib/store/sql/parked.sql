-- sync.parked: items set aside with their reason. A page parks and unparks (page.sql).

-- name: list_parked
SELECT p.mailbox_id, m.address, p.item_id, p.reason, p.version, p.attempts, p.parked_at, p.next_attempt_at
  FROM sync.parked AS p JOIN sync.mailbox AS m ON m.id = p.mailbox_id
 WHERE $1::bigint IS NULL OR p.mailbox_id = $1::bigint
 ORDER BY m.address, p.parked_at, p.item_id LIMIT $2::bigint;

-- name: due_parked
SELECT p.mailbox_id, m.address, p.item_id, p.reason, p.version, p.attempts, p.parked_at, p.next_attempt_at
  FROM sync.parked AS p JOIN sync.mailbox AS m ON m.id = p.mailbox_id
 WHERE p.mailbox_id = $1::bigint AND p.next_attempt_at <= sync.now()
 ORDER BY p.next_attempt_at, p.item_id LIMIT $2::bigint;

-- name: rest_parked
-- What was tried and is as it was.
UPDATE sync.parked AS p SET next_attempt_at = NULL
  FROM unnest($2::text[], $3::timestamptz[]) AS t (item_id, due_at)
 WHERE p.mailbox_id = $1::bigint AND p.item_id = t.item_id AND p.next_attempt_at = t.due_at;

-- name: retry_parked
UPDATE sync.parked SET next_attempt_at = sync.now()
 WHERE ($1::bigint IS NULL OR mailbox_id = $1::bigint) AND ($2::text IS NULL OR item_id = $2::text)
RETURNING mailbox_id;
