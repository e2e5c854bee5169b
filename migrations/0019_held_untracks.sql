-- The guard against mass untracking: what it holds back, and what it takes to undo releases of the
-- last hour.

ALTER TABLE sync.untrack_stage
    ADD COLUMN held_at timestamptz,
    ADD COLUMN held_by text CHECK (held_by IN ('guard_many', 'guard_category')),
    ADD COLUMN wanted text CHECK (wanted IN ('confirm', 'reject')),
    ADD COLUMN item_hmac bytea CHECK (length(item_hmac) = 32),
    ADD CHECK (held = (held_at IS NOT NULL AND held_by IS NOT NULL AND item_hmac IS NOT NULL));
COMMENT ON COLUMN sync.untrack_stage.held IS 'Stays until a person confirms or rejects it, or the category is on the item again.';
COMMENT ON COLUMN sync.untrack_stage.held_by IS 'Too many within an hour, or our category had gone from the mailbox''s list.';
COMMENT ON COLUMN sync.untrack_stage.wanted IS 'What a person said about a held one; the mailbox''s next turn does it.';
COMMENT ON COLUMN sync.untrack_stage.item_hmac IS 'Of a held one: finds its decision.';

CREATE TABLE sync.released (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    activity_id uuid NOT NULL,
    released_at timestamptz NOT NULL DEFAULT sync.now(),
    became text NOT NULL CHECK (became IN ('unlinked', 'owner_passed', 'kept', 'tombstoned')),
    item_hmac bytea CHECK (length(item_hmac) = 32),
    message_hmac bytea CHECK (length(message_hmac) = 32),
    link jsonb NOT NULL,
    owner_id uuid,
    owned_by_person boolean NOT NULL,
    owned_at timestamptz,
    owner_address text COLLATE "C",
    PRIMARY KEY (mailbox_id, item_id)
);
COMMENT ON TABLE sync.released IS
    'Untracks of the last hour, with what their release deleted: the guard counts them, and undoes them where they were part of many.';
COMMENT ON COLUMN sync.released.item_hmac IS 'Its pin. Empty: a further copy in the mailbox that went along, which nobody took the tag off.';
COMMENT ON COLUMN sync.released.message_hmac IS 'The pin of its message, where the message left the mailbox with it.';
COMMENT ON COLUMN sync.released.link IS 'The whole row of sync.link, whatever columns it has.';
COMMENT ON COLUMN sync.released.owner_id IS 'Whose the activity was, as the other owner columns.';

ALTER TABLE sync.mailbox
    ADD COLUMN categories_at timestamptz,
    ADD COLUMN category_gone_at timestamptz;
COMMENT ON COLUMN sync.mailbox.categories_at IS 'When our categories were first seen in the mailbox''s list: what was never there cannot go.';
COMMENT ON COLUMN sync.mailbox.category_gone_at IS
    'When CRM Tracked was last found gone from it. It is put back at once, so this is all that remembers.';
