-- A folder the provider cannot deliver is left out for a while; the others are read.

ALTER TABLE sync.folder
    ADD COLUMN last_failure text NOT NULL DEFAULT '',
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN next_attempt_at timestamptz;
COMMENT ON COLUMN sync.folder.last_failure IS
    'Why it was not read to its end the last time; empty once it was.';
COMMENT ON COLUMN sync.folder.attempts IS 'How often in a row that was so.';
COMMENT ON COLUMN sync.folder.next_attempt_at IS 'Not asked for before then; null: at each pass.';
