-- What our categories are called in each mailbox, and bringing its items to the present names.

-- name: mailbox_names
SELECT coalesce(language, ''), language_at, coalesce(names_written, ''), coalesce(names_under, ''),
       names_after, created_categories,
       EXISTS (SELECT FROM sync.write_back AS w
                WHERE w.mailbox_id = m.id AND w.state IN ('waiting', 'sent', 'conflict') AND w.desired ? 'rename')
  FROM sync.mailbox AS m WHERE m.id = $1::bigint;

-- name: set_mailbox_language
UPDATE sync.mailbox SET language = $2::text, language_at = (SELECT sync.now()) WHERE id = $1::bigint;

-- name: set_created_categories
UPDATE sync.mailbox SET created_categories = $2::text[] WHERE id = $1::bigint;

-- name: owe_present_names
-- The next linked items, by their ids. What is owed already is written by its present name anyway;
-- what a person seems to have taken off is left alone.
WITH part AS MATERIALIZED (
    SELECT l.item_id, l.activity_id, l.category_seen, l.version, l.gone
      FROM sync.link AS l
     WHERE l.mailbox_id = $1::bigint AND l.item_id > $2::text
     ORDER BY l.item_id LIMIT $3::bigint
), owed AS (
    INSERT INTO sync.write_back AS w (mailbox_id, item_id, desired, categories, version, state)
    SELECT $1::bigint, p.item_id,
           jsonb_build_object('state', p.category_seen, 'take_off', '[]'::jsonb, 'rename', true),
           NULL, p.version, 'waiting'
      FROM part AS p
     WHERE p.category_seen IN ('tracked', 'review') AND NOT p.gone
       AND NOT EXISTS (SELECT FROM sync.untrack_stage AS s
                        WHERE s.mailbox_id = $1::bigint AND s.item_id = p.item_id)
     ORDER BY p.item_id
        ON CONFLICT (mailbox_id, item_id, kind) DO UPDATE
       SET desired = excluded.desired, categories = NULL, version = excluded.version,
           generation = w.generation + 1, state = 'waiting', attempts = 0,
           next_attempt_at = excluded.next_attempt_at, last_failure = NULL
     WHERE w.state IN ('done', 'given_up')
)
UPDATE sync.mailbox
   SET names_under = $4::text, names_after = (SELECT max(item_id) FROM part),
       names_written = CASE WHEN (SELECT count(*) FROM part) < $3::bigint THEN $4::text ELSE names_written END
 WHERE id = $1::bigint;

-- name: owe_unlinked_names
-- Items that no link leads to, as the mailbox was searched for them. They are read before they are written.
INSERT INTO sync.write_back (mailbox_id, item_id, desired, categories, version, state)
SELECT $1::bigint, n.item_id, jsonb_build_object('state', n.state, 'take_off', '[]'::jsonb, 'rename', true),
       NULL, '', 'waiting'
  FROM unnest($2::text[], $3::text[]) AS n (item_id, state)
 ORDER BY n.item_id
    ON CONFLICT (mailbox_id, item_id, kind) DO NOTHING
RETURNING item_id;

-- name: set_names_written
UPDATE sync.mailbox SET names_written = $2::text, names_under = $2::text, names_after = NULL WHERE id = $1::bigint;
