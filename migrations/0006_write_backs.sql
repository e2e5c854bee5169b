-- What the service owes the mailboxes.

CREATE TABLE sync.write_back (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    kind text NOT NULL DEFAULT 'categories' CHECK (kind IN ('categories')),
    desired jsonb NOT NULL,
    categories text[],
    version text COLLATE "C" NOT NULL DEFAULT '',
    generation bigint NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'done', 'conflict', 'given_up')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT sync.now(),
    last_failure text,
    PRIMARY KEY (mailbox_id, item_id, kind)
) WITH (fillfactor = 70);
COMMENT ON TABLE sync.write_back IS
    'The state an item should have, not a log: a newer decision overwrites it. Sent at least once, and harmless twice.';
COMMENT ON COLUMN sync.write_back.desired IS 'What of ours should be on the item; everybody else''s categories stay.';
COMMENT ON COLUMN sync.write_back.categories IS 'All categories as last read; empty: read the item before writing.';
COMMENT ON COLUMN sync.write_back.version IS 'As last read: the write carries it and fails where the item has changed.';
COMMENT ON COLUMN sync.write_back.generation IS 'Counts the decisions: a write settles only the one it was made for.';
CREATE INDEX write_back_due ON sync.write_back (mailbox_id, next_attempt_at)
    WHERE state IN ('waiting', 'sent', 'conflict');
