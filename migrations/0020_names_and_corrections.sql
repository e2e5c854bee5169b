-- Items that say what is not true because somebody else set one of our categories: they are
-- corrected, and a program that goes on setting it is left its way in the end.

CREATE TABLE sync.correction (
    mailbox_id bigint NOT NULL,
    item_hmac bytea NOT NULL CHECK (length(item_hmac) = 32),
    times integer NOT NULL,
    began_at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (mailbox_id, item_hmac)
);
COMMENT ON TABLE sync.correction IS
    'How often an item was told again what it had been told, within a day: after ten times it is left alone.';
COMMENT ON COLUMN sync.correction.began_at IS 'Of the first; the row is forgotten a day later.';

-- What our categories are called in a mailbox: by its language, and by the settings as they change.

ALTER TABLE sync.mailbox
    ADD COLUMN language text COLLATE "C",
    ADD COLUMN language_at timestamptz,
    ADD COLUMN names_written text COLLATE "C",
    ADD COLUMN names_under text COLLATE "C",
    ADD COLUMN names_after text COLLATE "C",
    ADD COLUMN created_categories text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN sync.mailbox.language IS 'Of its user, as the provider says it; asked for where the settings have names by language.';
COMMENT ON COLUMN sync.mailbox.language_at IS 'When it was asked for.';
COMMENT ON COLUMN sync.mailbox.names_written IS 'The names its linked items carry, as a digest: others than the present ones are replaced in the background.';
COMMENT ON COLUMN sync.mailbox.names_under IS 'The names that are being put on the items.';
COMMENT ON COLUMN sync.mailbox.names_after IS 'The last item, by its id, that was owed them.';
COMMENT ON COLUMN sync.mailbox.created_categories IS 'What the service put into the mailbox''s list: only that may be taken out again.';
