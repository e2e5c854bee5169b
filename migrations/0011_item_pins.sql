-- An untrack is remembered for the item as well: one of several copies may be untracked alone, and a
-- message without Message-ID has no other name.

ALTER TABLE sync.pin DROP CONSTRAINT pin_kind_check,
    ADD CONSTRAINT pin_kind_check CHECK (kind IN ('untrack', 'untrack_item', 'stop'));
COMMENT ON COLUMN sync.pin.message_hmac IS 'Of the Message-ID; of the item''s id in rows of kind untrack_item.';

-- How many a mailbox's user untracked in the last hour, for the guard. A decision is written anew
-- whenever the item changes, and would count again or no more.
DROP INDEX sync.decision_untracked;
CREATE INDEX pin_untracked ON sync.pin (mailbox_id, at) WHERE kind = 'untrack_item';
