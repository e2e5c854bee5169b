-- sync.intent: tags on drafts, answered once they are sent.

-- name: upsert_intents
INSERT INTO sync.intent AS i (mailbox_id, item_id, message_hmac, tagged, labels, noted_at)
SELECT $1::bigint, n.item_id, n.message_hmac, n.tagged,
       ARRAY(SELECT jsonb_array_elements_text(n.labels)), (SELECT sync.now())
  FROM unnest($2::text[], $3::bytea[], $4::boolean[], $5::jsonb[])
       AS n (item_id, message_hmac, tagged, labels)
 ORDER BY n.item_id COLLATE "C"
    ON CONFLICT (mailbox_id, item_id) DO UPDATE
   SET message_hmac = excluded.message_hmac, tagged = excluded.tagged, labels = excluded.labels,
       draft_gone_at = NULL
 WHERE (i.message_hmac, i.tagged, i.labels, i.draft_gone_at)
       IS DISTINCT FROM (excluded.message_hmac, excluded.tagged, excluded.labels, NULL::timestamptz);

-- name: withdraw_intents
DELETE FROM sync.intent WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]);

-- name: note_lost_drafts
UPDATE sync.intent SET draft_gone_at = (SELECT sync.now())
 WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]) AND draft_gone_at IS NULL;

-- name: settle_intents
-- Of the item itself, or of the draft with its Message-ID.
DELETE FROM sync.intent
 WHERE mailbox_id = $1::bigint AND (item_id = ANY ($2::text[]) OR message_hmac = ANY ($3::bytea[]));

-- name: purge_intents
-- Of drafts that went and were not sent since.
DELETE FROM sync.intent WHERE draft_gone_at < sync.now() - interval '1 day';
