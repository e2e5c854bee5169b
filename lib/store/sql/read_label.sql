-- sync.read_label: the labels an item has been read with.

-- name: keep_read_labels
INSERT INTO sync.read_label AS r (mailbox_id, item_hmac, label_hmacs)
SELECT $1::bigint, item_hmac, label_hmacs FROM unnest($2::bytea[], $3::bytea[]) AS n (item_hmac, label_hmacs)
 ORDER BY item_hmac
    ON CONFLICT (mailbox_id, item_hmac) DO UPDATE SET label_hmacs = excluded.label_hmacs;

-- name: forget_read_labels
DELETE FROM sync.read_label WHERE mailbox_id = $1::bigint AND item_hmac = ANY ($2::bytea[]);
