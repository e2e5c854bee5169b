-- Whether a folder's cursor is one of the pages of a round that goes on, which providers forget soon.

ALTER TABLE sync.folder ADD COLUMN mid_round boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sync.folder.mid_round IS
    'The cursor leads to the next page of a round. A round that ends without news then leaves its own; otherwise the one it began with stays.';
