-- What a mailbox is told of its own, and what tells this installation from others.

ALTER TABLE sync.mailbox
    ADD COLUMN show_shared boolean,
    ADD COLUMN sent_items boolean,
    ADD COLUMN on_untrack text CHECK (on_untrack IN ('delete', 'keep'));
COMMENT ON COLUMN sync.mailbox.show_shared IS 'Empty: as the settings say.';
COMMENT ON COLUMN sync.mailbox.sent_items IS 'Empty: as the settings say, which it may narrow.';
COMMENT ON COLUMN sync.mailbox.on_untrack IS 'Empty: as the settings say for mailboxes of its kind.';

ALTER TABLE sync.installation ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
COMMENT ON COLUMN sync.installation.id IS
    'Left as a mark in each mailbox that is followed, so that no two installations follow one. No secret.';
