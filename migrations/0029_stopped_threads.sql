-- CRM Stop: threads of which no rule tracks anything any more.

CREATE TABLE sync.stop (
    mailbox_id bigint NOT NULL,
    item_hmac bytea NOT NULL CHECK (length(item_hmac) = 32),
    everywhere boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (mailbox_id, item_hmac)
);
COMMENT ON TABLE sync.stop IS
    'Items that carry CRM Stop, by HMAC of their ids: as long as one does, its thread is stopped. Kept when the item is deleted.';
COMMENT ON COLUMN sync.stop.everywhere IS
    'In every mailbox: the owner of the thread''s latest activity set it. Else in this mailbox alone.';
CREATE INDEX stop_everywhere ON sync.stop (mailbox_id) WHERE everywhere;

CREATE TABLE sync.stop_key (
    key_hmac bytea NOT NULL CHECK (length(key_hmac) = 32),
    mailbox_id bigint NOT NULL,
    item_hmac bytea NOT NULL,
    everywhere boolean NOT NULL,
    PRIMARY KEY (key_hmac, mailbox_id, item_hmac)
);
COMMENT ON TABLE sync.stop_key IS
    'By what other messages of a stopped thread are told: HMACs of the Message-ID of the item that carries CRM Stop, of the messages it names as its parents, and of its conversation.';
CREATE INDEX stop_key_item ON sync.stop_key (mailbox_id, item_hmac);
