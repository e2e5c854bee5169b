-- First loads: sync.mailbox says that one is under way, sync.folder how far each folder is.

-- name: first_load
SELECT first_load_began_at, first_load_ended_at, tagged_found, items_answered
  FROM sync.mailbox WHERE id = $1::bigint;

-- name: begin_first_load
UPDATE sync.mailbox
   SET first_load_began_at = sync.now(), first_load_ended_at = NULL, tagged_found = NULL, items_answered = 0
 WHERE id = $1::bigint;

-- name: note_tagged_found
UPDATE sync.mailbox SET tagged_found = $2::bigint WHERE id = $1::bigint;

-- name: note_items_answered
UPDATE sync.mailbox SET items_answered = items_answered + $2::bigint WHERE id = $1::bigint;

-- name: end_first_load
UPDATE sync.mailbox SET first_load_ended_at = sync.now()
 WHERE id = $1::bigint AND first_load_began_at IS NOT NULL AND first_load_ended_at IS NULL;

-- name: set_folder_totals
UPDATE sync.folder AS f SET messages_total = n.total
  FROM unnest($2::text[], $3::bigint[]) AS n (folder_id, total)
 WHERE f.mailbox_id = $1::bigint AND f.folder_id = n.folder_id;

-- name: mark_dirty_folders
-- Those alone of which anything is new: a poll that finds none writes nothing.
UPDATE sync.folder AS f SET dirty_at = n.dirty_at
  FROM unnest($2::text[], $3::timestamptz[]) AS n (folder_id, dirty_at)
 WHERE f.mailbox_id = $1::bigint AND f.folder_id = n.folder_id;

-- name: show_first_load
-- A folder that was read to its end holds what was read of it, whatever the provider counts.
SELECT m.first_load_began_at, m.first_load_ended_at, m.tagged_found, m.items_answered,
       f.folders, f.done, f.messages_read, f.messages_total, f.uncounted
  FROM sync.mailbox AS m
 CROSS JOIN LATERAL (
     SELECT count(*) AS folders, count(*) FILTER (WHERE NOT unread) AS done,
            coalesce(sum(messages_read), 0)::bigint AS messages_read,
            coalesce(sum(CASE WHEN unread THEN greatest(coalesce(messages_total, 0), messages_read)
                              ELSE messages_read END), 0)::bigint AS messages_total,
            count(*) FILTER (WHERE unread AND messages_total IS NULL) AS uncounted
       FROM (SELECT *, cursor = '' OR from_beginning AS unread
               FROM sync.folder WHERE mailbox_id = m.id) AS one) AS f
 WHERE m.id = $1::bigint;
