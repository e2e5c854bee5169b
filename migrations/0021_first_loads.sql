-- How far a mailbox's first load is, for people and for what is read next.

ALTER TABLE sync.folder
    ADD COLUMN messages_read bigint NOT NULL DEFAULT 0,
    ADD COLUMN messages_total bigint,
    ADD COLUMN read_back_to timestamptz;
COMMENT ON COLUMN sync.folder.messages_read IS
    'Rows told so far by the round that reads the folder from its beginning; that of the last one once it is over.';
COMMENT ON COLUMN sync.folder.messages_total IS
    'How many messages the provider says the folder holds, asked while it is read from its beginning. What is listed may differ.';
COMMENT ON COLUMN sync.folder.read_back_to IS
    'The earliest receipt among the messages that round has told so far: it begins with the newest.';

ALTER TABLE sync.mailbox
    ADD COLUMN first_load_began_at timestamptz,
    ADD COLUMN first_load_ended_at timestamptz,
    ADD COLUMN tagged_found bigint,
    ADD COLUMN items_answered bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN sync.mailbox.first_load_began_at IS
    'When its folders were begun to be read from nothing; null: not yet, or to be begun anew.';
COMMENT ON COLUMN sync.mailbox.first_load_ended_at IS 'When all of them had been read to their end.';
COMMENT ON COLUMN sync.mailbox.tagged_found IS
    'Items with a category of ours that the search before the first load found; null: not searched yet.';
COMMENT ON COLUMN sync.mailbox.items_answered IS 'Items whose categories were written during the first load.';

UPDATE sync.mailbox
   SET first_load_began_at = coalesce(enabled_at, last_pass_at), first_load_ended_at = last_pass_at, tagged_found = 0
 WHERE last_pass_at IS NOT NULL;
