-- Whether a round reads its folder from the beginning: it meets again what was there long before.

ALTER TABLE sync.folder ADD COLUMN from_beginning boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sync.folder.from_beginning IS
    'The cursor is of a round that began without one. Then CRM Tracked on an item without a link is a wish only where the item has changed since the last round.';
