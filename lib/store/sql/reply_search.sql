-- sync.reply_search: answers to be looked for, since what they answer is stored now.

-- name: ask_for_replies
-- In every mailbox that ignored an item which names one of these new messages as its parent. Gives
-- back the mailboxes.
INSERT INTO sync.reply_search (mailbox_id, message_id)
SELECT DISTINCT p.mailbox_id, n.message_id COLLATE "C"
  FROM unnest($1::bytea[], $2::text[]) AS n (message_hmac, message_id)
 CROSS JOIN LATERAL (
     SELECT c.mailbox_id, c.item_hmac FROM sync.decision_parent AS c
      WHERE c.message_hmac = n.message_hmac OFFSET 0) AS p
 CROSS JOIN LATERAL (
     SELECT d.outcome FROM sync.decision AS d
      WHERE d.mailbox_id = p.mailbox_id AND d.item_hmac = p.item_hmac OFFSET 0) AS d
 WHERE d.outcome = 'ignored'
 ORDER BY 1, 2
    ON CONFLICT (mailbox_id, message_id) DO NOTHING
RETURNING mailbox_id;

-- name: ask_for_own_replies
-- In the answers' own mailbox: those of these messages that are stored.
INSERT INTO sync.reply_search (mailbox_id, message_id)
SELECT $1::bigint, n.message_id COLLATE "C"
  FROM unnest($2::bytea[], $3::text[]) AS n (key, message_id)
 CROSS JOIN LATERAL (
     SELECT i.activity_id FROM store.activity_identity AS i WHERE i.key = n.key OFFSET 0) AS i
 CROSS JOIN LATERAL (
     SELECT a.deleted_at FROM store.activity AS a WHERE a.id = i.activity_id OFFSET 0) AS a
 WHERE a.deleted_at IS NULL
 ORDER BY 2
    ON CONFLICT (mailbox_id, message_id) DO NOTHING;

-- name: replies_to_find
SELECT message_id FROM sync.reply_search
 WHERE mailbox_id = $1::bigint AND due_at <= sync.now() ORDER BY due_at LIMIT $2::bigint;

-- name: put_off_reply_search
UPDATE sync.reply_search SET due_at = $3::timestamptz
 WHERE mailbox_id = $1::bigint AND message_id = $2::text;

-- name: replies_found
DELETE FROM sync.reply_search WHERE mailbox_id = $1::bigint AND message_id = ANY ($2::text[]);
