-- Which labels an item has been read with: of those that stand on it when it is untracked, or when our
-- category is taken off a copy, none brings it back. A label that came since is a new tag.

CREATE TABLE sync.read_label (
    mailbox_id bigint NOT NULL,
    item_hmac bytea NOT NULL CHECK (length(item_hmac) = 32),
    label_hmacs bytea NOT NULL CHECK (length(label_hmacs) > 0 AND length(label_hmacs) % 32 = 0),
    PRIMARY KEY (mailbox_id, item_hmac)
);
COMMENT ON TABLE sync.read_label IS
    'The regarding categories that items are or were tracked with, read and answered as far as they can be. Outlives link and activity; goes when the labels do, or with the mailbox.';
COMMENT ON COLUMN sync.read_label.label_hmacs IS
    'HMACs of item id and folded label, 32 bytes each, one after another in order.';
