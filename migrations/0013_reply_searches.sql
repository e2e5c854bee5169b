-- Answers that were decided before the message they answer was stored.

CREATE TABLE sync.reply_search (
    mailbox_id bigint NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (mailbox_id, message_id)
);
COMMENT ON TABLE sync.reply_search IS
    'Stored messages whose answers this mailbox once ignored: its holder looks for them and decides again.';
COMMENT ON COLUMN sync.reply_search.message_id IS
    'Of the stored message. Of an ignored answer nothing is known by which it could be asked for.';
