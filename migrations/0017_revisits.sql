-- Items that are decided again because of what was stored elsewhere: copies, answers, threads. Takes
-- the place of the searches for answers.

CREATE TABLE sync.revisit (
    mailbox_id bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    asks integer NOT NULL DEFAULT 1,
    due_at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (mailbox_id, reason, key)
);
COMMENT ON TABLE sync.revisit IS
    'What a mailbox''s holder is to look at again, under the mailbox''s own gate. The only row others write here.';
COMMENT ON COLUMN sync.revisit.reason IS
    'copy: another mailbox tracks the message; reply: what it once ignored answers to is stored; regarding: what its item answers was stored after it.';
COMMENT ON COLUMN sync.revisit.key IS
    'The Message-ID of the stored message (copy, reply), since nothing is kept by which an ignored item could be asked for; the item id (regarding).';
COMMENT ON COLUMN sync.revisit.asks IS
    'How often it was asked for: a row that was asked for again while its holder looked is not done.';
COMMENT ON COLUMN sync.revisit.due_at IS 'Later than asked for where the provider could not search.';

INSERT INTO sync.revisit (mailbox_id, reason, key, due_at)
SELECT mailbox_id, 'reply', message_id, due_at FROM sync.reply_search;
DROP TABLE sync.reply_search;

-- A message in 500 mailboxes has 500 links; each mailbox asks for its own.
DROP INDEX sync.link_activity;
CREATE INDEX link_activity ON sync.link (activity_id, mailbox_id);

-- Parties that are users lead to their mailboxes.
CREATE INDEX mailbox_by_owner ON sync.mailbox (owner_id);
