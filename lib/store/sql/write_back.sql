-- sync.write_back: the state owed to the mailboxes.

-- name: due_write_backs
SELECT item_id, desired::text, categories, version, generation, attempts
  FROM sync.write_back
 WHERE mailbox_id = $1::bigint AND state IN ('waiting', 'sent', 'conflict')
   AND next_attempt_at <= sync.now()
 ORDER BY next_attempt_at, item_id LIMIT $2::bigint;

-- name: next_write_back
SELECT min(next_attempt_at) FROM sync.write_back
 WHERE mailbox_id = $1::bigint AND state IN ('waiting', 'sent', 'conflict');

-- name: write_backs_sent
-- Due again if no answer is recorded: at least once, and harmless twice.
UPDATE sync.write_back AS w SET state = 'sent', next_attempt_at = $4::timestamptz
  FROM unnest($2::text[], $3::bigint[]) AS s (item_id, generation)
 WHERE w.mailbox_id = $1::bigint AND w.item_id = s.item_id AND w.kind = 'categories'
   AND w.generation = s.generation AND w.state IN ('waiting', 'sent', 'conflict');

-- name: write_backs_done
-- Settled only if no newer decision came; a newer one starts from what was just written. The link
-- learns what is on the item either way.
WITH written AS (
    SELECT * FROM unnest($2::text[], $3::bigint[], $4::jsonb[], $5::text[], $6::text[])
           AS d (item_id, generation, categories, version, state)
), settled AS (
    UPDATE sync.write_back AS w
       SET state = CASE WHEN w.generation = d.generation THEN 'done'
                        WHEN w.state IN ('sent', 'conflict') THEN 'waiting' ELSE w.state END,
           categories = ARRAY(SELECT jsonb_array_elements_text(d.categories)),
           version = coalesce(d.version, w.version),
           attempts = CASE WHEN w.generation = d.generation THEN w.attempts + 1 ELSE w.attempts END,
           last_failure = NULL
      FROM written AS d
     WHERE w.mailbox_id = $1::bigint AND w.item_id = d.item_id AND w.kind = 'categories'
)
UPDATE sync.link AS l
   SET category_seen = d.state, version = coalesce(d.version, l.version), seen_at = (SELECT sync.now())
  FROM written AS d
 WHERE l.mailbox_id = $1::bigint AND l.item_id = d.item_id;

-- name: forget_unlinked_write_backs
-- Refused items and the like leave nothing behind once they are answered.
DELETE FROM sync.write_back AS w
 WHERE w.mailbox_id = $1::bigint AND w.item_id = ANY ($2::text[]) AND w.state = 'done'
   AND NOT EXISTS (SELECT FROM sync.link AS l WHERE l.mailbox_id = w.mailbox_id AND l.item_id = w.item_id);

-- name: write_backs_conflict
-- With what was read again, or with nothing: then it must be read before the next attempt.
UPDATE sync.write_back AS w
   SET state = 'conflict', attempts = w.attempts + 1, version = c.version,
       categories = CASE WHEN jsonb_typeof(c.categories) = 'array'
                         THEN ARRAY(SELECT jsonb_array_elements_text(c.categories)) END,
       next_attempt_at = (SELECT sync.now())
  FROM unnest($2::text[], $3::bigint[], $4::jsonb[], $5::text[]) AS c (item_id, generation, categories, version)
 WHERE w.mailbox_id = $1::bigint AND w.item_id = c.item_id AND w.kind = 'categories'
   AND w.generation = c.generation AND w.state IN ('waiting', 'sent', 'conflict');

-- name: write_backs_retry
UPDATE sync.write_back AS w
   SET state = 'waiting', attempts = w.attempts + 1, last_failure = r.failure, next_attempt_at = r.at
  FROM unnest($2::text[], $3::bigint[], $4::text[], $5::timestamptz[]) AS r (item_id, generation, failure, at)
 WHERE w.mailbox_id = $1::bigint AND w.item_id = r.item_id AND w.kind = 'categories'
   AND w.generation = r.generation AND w.state IN ('waiting', 'sent', 'conflict');

-- name: write_backs_given_up
UPDATE sync.write_back AS w SET state = 'given_up', attempts = w.attempts + 1, last_failure = r.failure
  FROM unnest($2::text[], $3::bigint[], $4::text[]) AS r (item_id, generation, failure)
 WHERE w.mailbox_id = $1::bigint AND w.item_id = r.item_id AND w.kind = 'categories'
   AND w.generation = r.generation AND w.state IN ('waiting', 'sent', 'conflict');

-- name: mark_links_gone
UPDATE sync.link SET gone = true, seen_at = (SELECT sync.now())
 WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]) AND NOT gone;
