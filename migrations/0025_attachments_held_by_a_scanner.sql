-- A scanner lets a message through with a placeholder, and its attachments later.

ALTER TABLE store.attachment ADD COLUMN pending_since timestamptz;
COMMENT ON COLUMN store.attachment.pending_since IS
    'Since when a scanner''s placeholder stands for attachments; waited for a day.';
UPDATE store.attachment SET pending_since = sync.now() WHERE status = 'pending';
ALTER TABLE store.attachment ADD CHECK ((status = 'pending') = (pending_since IS NOT NULL));
CREATE INDEX attachment_pending ON store.attachment (activity_id) WHERE status = 'pending';

CREATE TABLE sync.attachment_look (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (mailbox_id, item_id)
);
COMMENT ON TABLE sync.attachment_look IS
    'Items of which a scanner held attachments back: their mailbox''s holder looks again when it is due.';
