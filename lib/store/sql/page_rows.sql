-- The second half of a chunk of a page: the mailbox's own rows, which nobody else writes but under a
-- later lease. In the order of their keys, as ever, and after what is shared (page.sql).

-- name: upsert_links
-- A person's tag is never made less of; the first moment of tagging stays. Counts the new ones on
-- the mailbox.
WITH incoming AS (
    SELECT * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::timestamptz[], $9::text[])
           AS l (item_id, activity_id, folder_id, version, tracked_by, rule, tagged_at, regarding_category)
), written AS (
    INSERT INTO sync.link AS l (mailbox_id, item_id, activity_id, folder_id, version, tracked_by, rule,
                                tagged_at, regarding_category, seen_at, tracked_at)
    SELECT $1::bigint, item_id, activity_id, folder_id, version, tracked_by, rule, tagged_at, regarding_category,
           (SELECT sync.now()), (SELECT sync.now())
      FROM incoming ORDER BY item_id COLLATE "C"
        ON CONFLICT (mailbox_id, item_id) DO UPDATE
       SET activity_id = excluded.activity_id, folder_id = excluded.folder_id, version = excluded.version,
           regarding_category = coalesce(excluded.regarding_category, l.regarding_category),
           tracked_by = CASE WHEN l.activity_id = excluded.activity_id AND l.tracked_by = 'user'
                             THEN l.tracked_by ELSE excluded.tracked_by END,
           rule = CASE WHEN l.activity_id = excluded.activity_id AND l.tracked_by = 'user'
                       THEN l.rule ELSE excluded.rule END,
           tagged_at = CASE WHEN l.activity_id <> excluded.activity_id
                              OR l.tracked_by <> 'user' AND excluded.tracked_by = 'user' THEN excluded.tagged_at
                            ELSE least(l.tagged_at, excluded.tagged_at) END,
           gone = false, seen_at = excluded.seen_at
    RETURNING xmax = 0 AS fresh
)
UPDATE sync.mailbox SET link_count = link_count + added.n
  FROM (SELECT count(*) AS n FROM written WHERE fresh) AS added
 WHERE id = $1::bigint AND added.n > 0;

-- name: update_links
-- What is newly known of linked items; rows that say nothing new are not written. By ctid, looked up
-- by key one by one, as are the next two: joined by key, a plan made while the table was small
-- compares each item with every link of the mailbox.
UPDATE sync.link AS l
   SET folder_id = coalesce(u.folder_id, l.folder_id), version = coalesce(u.version, l.version),
       category_seen = coalesce(u.category_seen, l.category_seen), gone = coalesce(u.gone, l.gone),
       seen_at = (SELECT sync.now())
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])
       AS u (item_id, folder_id, version, category_seen, gone)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.link AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = u.item_id OFFSET 0) AS at
 WHERE l.ctid = at.ctid
   AND (coalesce(u.folder_id, l.folder_id), coalesce(u.version, l.version),
        coalesce(u.category_seen, l.category_seen), coalesce(u.gone, l.gone))
       IS DISTINCT FROM (l.folder_id, l.version, l.category_seen, l.gone);

-- name: set_regarding_categories
-- The regarding category last answered on these items; null: none any more.
UPDATE sync.link AS l SET regarding_category = u.category
  FROM unnest($2::text[], $3::text[]) AS u (item_id, category)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.link AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = u.item_id OFFSET 0) AS at
 WHERE l.ctid = at.ctid AND l.regarding_category IS DISTINCT FROM u.category;

-- name: tag_links_by_hand
-- A person tagged what a rule had linked. An earlier tag by hand stays as it is.
UPDATE sync.link AS l SET tracked_by = 'user', rule = t.rule, tagged_at = t.tagged_at
  FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS t (item_id, rule, tagged_at)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.link AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = t.item_id OFFSET 0) AS at
 WHERE l.ctid = at.ctid AND l.tracked_by <> 'user';

-- name: upsert_decisions
-- The latest answer for each item. Same input, same policy, same answer: not written again.
WITH incoming AS (
    SELECT * FROM unnest($3::bytea[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[],
                         $9::text[], $10::jsonb[])
           AS d (item_hmac, item_id, message_id_hmac, thread_hmac, input_hmac, outcome, rule, evidence)
), parents AS (
    SELECT item_hmac, array_agg(parent ORDER BY parent) AS hmacs
      FROM unnest($11::bytea[], $12::bytea[]) AS p (item_hmac, parent) GROUP BY item_hmac
), written AS (
    INSERT INTO sync.decision AS d (mailbox_id, item_hmac, item_id, message_id_hmac, thread_hmac,
                                    parent_hmacs, input_hmac, policy_version, outcome, rule, evidence,
                                    decided_at)
    SELECT $1::bigint, i.item_hmac, i.item_id, i.message_id_hmac, i.thread_hmac,
           coalesce(p.hmacs, '{}'), i.input_hmac, $2::text, i.outcome, i.rule, i.evidence,
           (SELECT sync.now())
      FROM incoming AS i LEFT JOIN parents AS p USING (item_hmac)
     ORDER BY i.item_hmac
        ON CONFLICT (mailbox_id, item_hmac) DO UPDATE
       SET item_id = excluded.item_id, message_id_hmac = excluded.message_id_hmac,
           thread_hmac = excluded.thread_hmac, parent_hmacs = excluded.parent_hmacs,
           input_hmac = excluded.input_hmac, policy_version = excluded.policy_version,
           decided_at = excluded.decided_at, outcome = excluded.outcome, rule = excluded.rule,
           evidence = excluded.evidence
     WHERE (d.input_hmac, d.policy_version, d.outcome, d.rule)
           IS DISTINCT FROM (excluded.input_hmac, excluded.policy_version, excluded.outcome, excluded.rule)
    RETURNING d.item_hmac
)
INSERT INTO sync.decision_parent (message_hmac, mailbox_id, item_hmac)
SELECT p.parent, $1::bigint, w.item_hmac
  FROM written AS w JOIN unnest($11::bytea[], $12::bytea[]) AS p (item_hmac, parent) USING (item_hmac)
 ORDER BY p.parent, w.item_hmac
    ON CONFLICT (message_hmac, mailbox_id, item_hmac) DO NOTHING;

-- name: upsert_write_backs
-- Desired state: a newer decision overwrites the older one and starts its attempts anew.
INSERT INTO sync.write_back AS w (mailbox_id, item_id, desired, categories, version, next_attempt_at)
SELECT $1::bigint, item_id, desired,
       CASE WHEN jsonb_typeof(categories) = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(categories)) END,
       version, (SELECT sync.now())
  FROM unnest($2::text[], $3::jsonb[], $4::jsonb[], $5::text[])
       AS o (item_id, desired, categories, version)
 ORDER BY item_id COLLATE "C"
    ON CONFLICT (mailbox_id, item_id, kind) DO UPDATE
   SET desired = excluded.desired, categories = excluded.categories, version = excluded.version,
       generation = w.generation + 1, state = 'waiting', attempts = 0,
       next_attempt_at = excluded.next_attempt_at, last_failure = NULL;

-- name: drop_write_backs
DELETE FROM sync.write_back WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]);

-- name: stage_untracks
-- Only what is linked can be untracked.
INSERT INTO sync.untrack_stage (mailbox_id, item_id)
SELECT l.mailbox_id, l.item_id FROM sync.link AS l
 WHERE l.mailbox_id = $1::bigint AND l.item_id = ANY ($2::text[])
 ORDER BY l.item_id
    ON CONFLICT (mailbox_id, item_id) DO NOTHING;

-- name: unstage_untracks
-- One that was held is tracked as before, where it is linked.
WITH unstaged AS (
    DELETE FROM sync.untrack_stage WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[])
    RETURNING item_id, held, item_hmac
)
UPDATE sync.decision AS d SET outcome = 'tracked', rule = l.rule, decided_at = (SELECT sync.now())
  FROM unstaged AS u JOIN sync.link AS l ON l.mailbox_id = $1::bigint AND l.item_id = u.item_id
 WHERE u.held AND d.mailbox_id = $1::bigint AND d.item_hmac = u.item_hmac AND d.outcome = 'held';

-- name: park_items
INSERT INTO sync.parked AS p (mailbox_id, item_id, reason, version, attempts, next_attempt_at, came_tagged)
SELECT $1::bigint, item_id, reason, version, attempts::integer, next_attempt_at, came_tagged
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::boolean[])
       AS i (item_id, reason, version, attempts, next_attempt_at, came_tagged)
 ORDER BY item_id COLLATE "C"
    ON CONFLICT (mailbox_id, item_id) DO UPDATE
   SET reason = excluded.reason, version = excluded.version, attempts = excluded.attempts,
       next_attempt_at = excluded.next_attempt_at, came_tagged = excluded.came_tagged;

-- name: count_corrections
-- Within a day of the first; a later one begins a new day.
INSERT INTO sync.correction AS c (mailbox_id, item_hmac, times, began_at)
SELECT $1::bigint, item_hmac, 1, (SELECT sync.now()) FROM unnest($2::bytea[]) AS i (item_hmac)
 ORDER BY item_hmac
    ON CONFLICT (mailbox_id, item_hmac) DO UPDATE
   SET times = CASE WHEN c.began_at > excluded.began_at - interval '1 day' THEN c.times + 1 ELSE 1 END,
       began_at = CASE WHEN c.began_at > excluded.began_at - interval '1 day' THEN c.began_at
                       ELSE excluded.began_at END;

-- name: unpark_items
DELETE FROM sync.parked WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]);

-- name: remove_pins
-- A new tag in this mailbox is the only thing that undoes a person's untrack.
DELETE FROM sync.pin WHERE mailbox_id = $1::bigint AND message_hmac = ANY ($2::bytea[]);

-- name: advance_cursors
-- With the last chunk of the page, or of several folders in which nothing was found.
UPDATE sync.folder AS f
   SET cursor = n.cursor, query_version = n.query_version::integer,
       round_done_at = coalesce(n.round_done_at, f.round_done_at), mid_round = n.round_done_at IS NULL,
       missed_first_pass = f.missed_first_pass AND n.round_done_at IS NULL,
       from_beginning = n.round_done_at IS NULL
           AND (f.from_beginning OR f.cursor = '' OR f.query_version <> n.query_version),
       messages_read = CASE WHEN f.cursor = '' OR f.query_version <> n.query_version THEN n.messages
                            WHEN f.from_beginning THEN f.messages_read + n.messages
                            ELSE f.messages_read END,
       read_back_to = CASE WHEN f.cursor = '' OR f.query_version <> n.query_version THEN n.oldest
                           WHEN f.from_beginning THEN least(f.read_back_to, n.oldest)
                           ELSE f.read_back_to END
  FROM unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::bigint[], $7::timestamptz[])
       AS n (folder_id, cursor, query_version, round_done_at, messages, oldest)
 WHERE f.mailbox_id = $1::bigint AND f.folder_id = n.folder_id;
