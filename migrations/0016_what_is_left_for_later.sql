-- A search that failed, and a folder that was left out, do not hold up the rest of their mailbox.

ALTER TABLE sync.reply_search RENAME COLUMN asked_at TO due_at;
COMMENT ON COLUMN sync.reply_search.due_at IS 'Later than asked for where the provider could not search.';

ALTER TABLE sync.folder ADD COLUMN missed_first_pass boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sync.folder.missed_first_pass IS
    'It could not be read when the mailbox''s first pass ended: its first round is a first pass of its own.';
