-- A tag on a draft: answered on the sent copy.

CREATE TABLE sync.intent (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    message_hmac bytea CHECK (length(message_hmac) = 32),
    tagged boolean NOT NULL,
    labels text[] NOT NULL DEFAULT '{}',
    noted_at timestamptz NOT NULL DEFAULT sync.now(),
    draft_gone_at timestamptz,
    PRIMARY KEY (mailbox_id, item_id)
);
COMMENT ON TABLE sync.intent IS
    'What a person asked for on a message that is not sent yet. The sent copy is the same item, or another one with its Message-ID.';
COMMENT ON COLUMN sync.intent.message_hmac IS 'Of the draft''s Message-ID, where it has one.';
COMMENT ON COLUMN sync.intent.tagged IS 'It carries CRM Track or CRM Tracked; else labels alone.';
COMMENT ON COLUMN sync.intent.labels IS 'Regarding categories on it, as spelled.';
COMMENT ON COLUMN sync.intent.draft_gone_at IS
    'The draft is not in the mailbox any more: deleted, or sent as a new item that is not read yet. Forgotten a day later.';
CREATE INDEX intent_message ON sync.intent (mailbox_id, message_hmac) WHERE message_hmac IS NOT NULL;
CREATE INDEX intent_gone ON sync.intent (draft_gone_at) WHERE draft_gone_at IS NOT NULL;
