-- sync.write_back: the state owed to the mailboxes.

-- name: due_write_backs
SELECT item_id, desired::text, categories, version, generation, attempts, coalesce(last_failure, '')
  FROM sync.write_back
 WHERE mailbox_id = $1::bigint AND state IN ('waiting', 'sent', 'conflict')
   AND next_attempt_at <= sync.now()
 ORDER BY next_attempt_at DESC, item_id LIMIT $2::bigint;

-- The statements below find their rows by ctid, looked up by key one by one: joined by key, a plan
-- made while the tables were small compares each asked item with every row of the mailbox. Nobody but
-- the holder of the lease writes these rows, but for owe_take_offs, whose newer generation wins.

-- name: write_backs_sent
-- No answer was heard: due again at once, and harmless twice.
UPDATE sync.write_back AS w SET state = 'sent', next_attempt_at = (SELECT sync.now())
  FROM unnest($2::text[], $3::bigint[]) AS s (item_id, generation)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.write_back AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = s.item_id
                        AND n.kind = 'categories' OFFSET 0) AS at
 WHERE w.ctid = at.ctid AND w.generation = s.generation AND w.state NOT IN ('done', 'given_up');

-- name: write_backs_done
-- Settled only if no newer decision came; a newer one starts from what was just written. The link
-- learns what is on the item either way. Refused items and the like, which have no link, leave nothing
-- behind once they are answered.
WITH written AS MATERIALIZED (
    SELECT d.*, owed.ctid AS owed, linked.ctid AS linked
      FROM unnest($2::text[], $3::bigint[], $4::jsonb[], $5::text[], $6::text[])
           AS d (item_id, generation, categories, version, state)
      LEFT JOIN LATERAL (SELECT n.ctid FROM sync.write_back AS n
                          WHERE n.mailbox_id = $1::bigint AND n.item_id = d.item_id
                            AND n.kind = 'categories' OFFSET 0) AS owed ON true
      LEFT JOIN LATERAL (SELECT n.ctid FROM sync.link AS n
                          WHERE n.mailbox_id = $1::bigint AND n.item_id = d.item_id OFFSET 0) AS linked ON true
), settled AS (
    UPDATE sync.write_back AS w
       SET state = CASE WHEN w.generation = d.generation THEN 'done'
                        WHEN w.state IN ('sent', 'conflict') THEN 'waiting' ELSE w.state END,
           categories = CASE WHEN w.generation <> d.generation AND jsonb_typeof(d.categories) = 'array'
                             THEN ARRAY(SELECT jsonb_array_elements_text(d.categories)) END,
           version = coalesce(d.version, w.version),
           attempts = CASE WHEN w.generation = d.generation THEN w.attempts + 1 ELSE w.attempts END,
           last_failure = NULL
      FROM written AS d
     WHERE w.ctid = d.owed AND (d.linked IS NOT NULL OR w.generation <> d.generation)
), forgotten AS (
    DELETE FROM sync.write_back AS w
     USING written AS d
     WHERE w.ctid = d.owed AND d.linked IS NULL AND w.generation = d.generation
)
UPDATE sync.link AS l
   SET category_seen = coalesce(d.state, l.category_seen), version = coalesce(d.version, l.version), seen_at = (SELECT sync.now())
  FROM written AS d
 WHERE l.ctid = d.linked;

-- name: write_backs_conflict
-- With what was read again and decided, or with no version: then it must be read before the next attempt,
-- at the time given, and what the last decision saw stays.
UPDATE sync.write_back AS w
   SET state = 'conflict', attempts = w.attempts + 1, version = c.version,
       categories = CASE WHEN jsonb_typeof(c.categories) = 'array'
                         THEN ARRAY(SELECT jsonb_array_elements_text(c.categories)) ELSE w.categories END,
       next_attempt_at = c.at, last_failure = $7::text
  FROM unnest($2::text[], $3::bigint[], $4::jsonb[], $5::text[], $6::timestamptz[])
       AS c (item_id, generation, categories, version, at)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.write_back AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = c.item_id
                        AND n.kind = 'categories' OFFSET 0) AS at
 WHERE w.ctid = at.ctid AND w.generation = c.generation AND w.state NOT IN ('done', 'given_up');

-- name: write_backs_put_off
-- The mailbox takes no writes for a while. No attempt of any of them.
UPDATE sync.write_back SET next_attempt_at = $2::timestamptz, last_failure = $3::text
 WHERE mailbox_id = $1::bigint AND state IN ('waiting', 'sent', 'conflict') AND next_attempt_at <= sync.now();

-- name: write_backs_retry
UPDATE sync.write_back AS w
   SET state = 'waiting', attempts = w.attempts + 1, last_failure = r.failure, next_attempt_at = r.at
  FROM unnest($2::text[], $3::bigint[], $4::text[], $5::timestamptz[]) AS r (item_id, generation, failure, at)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.write_back AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = r.item_id
                        AND n.kind = 'categories' OFFSET 0) AS at
 WHERE w.ctid = at.ctid AND w.generation = r.generation AND w.state NOT IN ('done', 'given_up');

-- name: write_backs_given_up
UPDATE sync.write_back AS w SET state = 'given_up', attempts = w.attempts + 1, last_failure = r.failure
  FROM unnest($2::text[], $3::bigint[], $4::text[]) AS r (item_id, generation, failure)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.write_back AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = r.item_id
                        AND n.kind = 'categories' OFFSET 0) AS at
 WHERE w.ctid = at.ctid AND w.generation = r.generation AND w.state NOT IN ('done', 'given_up');

-- name: mark_links_gone
UPDATE sync.link SET gone = true, seen_at = (SELECT sync.now())
 WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]) AND NOT gone;
