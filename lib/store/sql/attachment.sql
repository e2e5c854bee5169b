-- Attachments that a scanner held back when their message was stored.

-- name: lock_activities
-- Before their attachments: who settles them at the same time waits here.
SELECT id FROM store.activity WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE;

-- name: settle_attachments
-- What the list of attachments says now takes the place of the placeholders. Rows that are settled stay
-- as they are, whatever policy says by now: of so many entries with one name as many are theirs. Since
-- when a placeholder is waited for does not change. Says which activities had any left to settle.
WITH incoming AS (
    SELECT t.*, row_number() OVER (PARTITION BY activity_id, name ORDER BY ordinal) AS nth
      FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                  $8::bytea[])
           AS t (activity_id, ordinal, name, content_type, size, status, reason, sha256)
), waiting AS (
    SELECT activity_id, min(pending_since) AS since FROM store.attachment
     WHERE activity_id = ANY ($1::uuid[]) AND status = 'pending' GROUP BY activity_id
), settled AS (
    SELECT activity_id, name, count(*) AS n FROM store.attachment
     WHERE activity_id = ANY ($1::uuid[]) AND status <> 'pending' GROUP BY activity_id, name
), last AS (
    SELECT activity_id, max(ordinal) AS ordinal FROM store.attachment
     WHERE activity_id = ANY ($1::uuid[]) GROUP BY activity_id
), gone AS (
    DELETE FROM store.attachment AS a USING waiting AS w
     WHERE a.activity_id = w.activity_id AND a.status = 'pending'
), added AS (
    INSERT INTO store.attachment (activity_id, ordinal, name, content_type, size, status, reason, sha256,
                                  pending_since)
    SELECT i.activity_id, l.ordinal + 1 + i.ordinal, i.name, i.content_type, i.size, i.status, i.reason,
           i.sha256, CASE i.status WHEN 'pending' THEN w.since END
      FROM incoming AS i
      JOIN waiting AS w USING (activity_id)
      JOIN last AS l USING (activity_id)
      LEFT JOIN settled AS s USING (activity_id, name)
     WHERE i.nth > coalesce(s.n, 0)
)
SELECT activity_id FROM waiting;

-- name: settled_attachments
-- The names of what is settled, one row for each.
SELECT name FROM store.attachment WHERE activity_id = $1::uuid AND status <> 'pending' ORDER BY ordinal;

-- name: give_attachments_up
-- The scanner took longer than anybody waits for it.
UPDATE store.attachment SET status = 'skipped', pending_since = NULL
 WHERE activity_id = ANY ($1::uuid[]) AND status = 'pending';

-- name: give_old_attachments_up
-- Those that no mailbox looks at any more: it was disabled, or removed.
UPDATE store.attachment SET status = 'skipped', pending_since = NULL
 WHERE status = 'pending' AND pending_since < sync.now() - interval '2 days';

-- name: ask_to_look
INSERT INTO sync.revisit (mailbox_id, reason, key, due_at)
SELECT $1::bigint, 'attachments', item_id, (SELECT sync.now()) + $3::bigint * interval '1 second'
  FROM unnest($2::text[]) AS i (item_id) ORDER BY item_id COLLATE "C"
    ON CONFLICT (mailbox_id, reason, key) DO NOTHING;

-- name: waiting_items
-- In the order they are asked for: the activity, since when its attachments are waited for, and its
-- Message-ID. One that waits for nothing any more has no such time.
SELECT k.item_id, l.activity_id, t.since, a.message_id
  FROM unnest($2::text[]) WITH ORDINALITY AS k (item_id, n)
  LEFT JOIN LATERAL (SELECT n.activity_id FROM sync.link AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = k.item_id OFFSET 0) AS l ON true
  LEFT JOIN LATERAL (SELECT n.message_id FROM store.activity AS n
                      WHERE n.id = l.activity_id AND n.deleted_at IS NULL OFFSET 0) AS a ON true
  LEFT JOIN LATERAL (SELECT min(n.pending_since) AS since FROM store.attachment AS n
                      WHERE n.activity_id = l.activity_id AND n.status = 'pending' OFFSET 0) AS t ON true
 ORDER BY k.n;
