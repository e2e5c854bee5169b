-- sync.folder: the folder tree of each mailbox and a cursor per folder.

-- name: tree_cursor
SELECT CASE WHEN tree_query_version = $2::bigint THEN tree_cursor ELSE '' END
  FROM sync.mailbox WHERE id = $1::bigint;

-- name: list_folders
-- A cursor of another query version is of no use: it would go on with the old property list.
SELECT folder_id, parent_id, name, kind, CASE WHEN query_version = $2::bigint THEN cursor ELSE '' END,
       round_done_at, last_failure, attempts, next_attempt_at, mid_round,
       from_beginning OR cursor = '' OR query_version <> $2::bigint, missed_first_pass, dirty_at,
       messages_total IS NOT NULL, CASE WHEN query_version = $2::bigint THEN read_back_to END
  FROM sync.folder WHERE mailbox_id = $1::bigint ORDER BY folder_id;

-- name: show_folders
-- For people: with the number of linked items in each.
SELECT f.name, f.kind, f.round_done_at, count(l.item_id), f.last_failure, f.next_attempt_at
  FROM sync.folder AS f
  LEFT JOIN sync.link AS l ON l.mailbox_id = f.mailbox_id AND l.folder_id = f.folder_id
 WHERE f.mailbox_id = $1::bigint
 GROUP BY f.mailbox_id, f.folder_id
 ORDER BY f.name;

-- name: upsert_folders
-- A round may say only part of a folder, and which it is may be refused: the rest stays as it was.
INSERT INTO sync.folder AS f (mailbox_id, folder_id, parent_id, name, kind)
SELECT $1::bigint, folder_id, parent_id, name, kind
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS n (folder_id, parent_id, name, kind)
 ORDER BY folder_id COLLATE "C"
    ON CONFLICT (mailbox_id, folder_id) DO UPDATE
   SET parent_id = coalesce(excluded.parent_id, f.parent_id),
       name = coalesce(nullif(excluded.name, ''), f.name),
       kind = coalesce(nullif(excluded.kind, 'unknown'), f.kind)
 WHERE (f.parent_id, f.name, f.kind)
       IS DISTINCT FROM (coalesce(excluded.parent_id, f.parent_id),
                         coalesce(nullif(excluded.name, ''), f.name),
                         coalesce(nullif(excluded.kind, 'unknown'), f.kind));

-- name: remove_folders
DELETE FROM sync.folder WHERE mailbox_id = $1::bigint AND folder_id = ANY ($2::text[]);

-- name: keep_only_folders
-- After the whole tree was read: what was not in it is gone.
DELETE FROM sync.folder WHERE mailbox_id = $1::bigint AND folder_id <> ALL ($2::text[]);

-- name: set_tree_cursor
UPDATE sync.mailbox SET tree_cursor = $2::text, tree_query_version = $3::bigint::integer
 WHERE id = $1::bigint
   AND (tree_cursor, tree_query_version) IS DISTINCT FROM ($2::text, $3::bigint::integer);

-- name: forget_cursor
-- The time of the last round stays: what was seen before was seen.
UPDATE sync.folder SET cursor = '', messages_read = 0, messages_total = NULL, read_back_to = NULL
 WHERE mailbox_id = $1::bigint AND folder_id = $2::text;

-- name: set_folder_trouble
-- Why the folder is not read, and until when; none: it was read to its end.
UPDATE sync.folder
   SET last_failure = $3::text, attempts = $4::bigint::integer, next_attempt_at = $5::timestamptz
 WHERE mailbox_id = $1::bigint AND folder_id = $2::text;

-- name: mark_missed_folders
UPDATE sync.folder SET missed_first_pass = true WHERE mailbox_id = $1::bigint AND round_done_at IS NULL;

-- name: forget_all_cursors
-- And what kept folders from being read: a person asks for it.
UPDATE sync.folder SET cursor = '', attempts = 0, next_attempt_at = NULL, messages_read = 0, messages_total = NULL,
       read_back_to = NULL
 WHERE mailbox_id = $1::bigint;

-- name: forget_tree_cursor
-- And all that follows from reading everything again.
UPDATE sync.mailbox SET tree_cursor = '', first_load_began_at = NULL WHERE id = $1::bigint;

-- name: forget_stages
-- Reading everything again stages them anew. Not what the guard holds: that waits for a person's word.
DELETE FROM sync.untrack_stage WHERE mailbox_id = $1::bigint AND NOT held;

-- name: linked_in_folders
SELECT item_id FROM sync.link
 WHERE mailbox_id = $1::bigint AND folder_id = ANY ($2::text[]) AND NOT gone ORDER BY item_id;
