-- Regarding categories that can be picked on any device.

CREATE TABLE store.record_pin (
    user_id uuid NOT NULL REFERENCES store.record (id) ON DELETE CASCADE,
    record_id uuid NOT NULL REFERENCES store.record (id) ON DELETE CASCADE,
    pinned_at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (user_id, record_id)
);
COMMENT ON TABLE store.record_pin IS
    'Records a user (or a team) wants to pick in the mailbox, before those it owns.';
CREATE INDEX record_pin_record ON store.record_pin (record_id);

CREATE TABLE sync.published_label (
    mailbox_id bigint NOT NULL,
    category_key text COLLATE "C" NOT NULL,
    category text NOT NULL,
    label text COLLATE "C" NOT NULL,
    record_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('adding', 'listed', 'theirs', 'removing', 'gone')),
    published_at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (mailbox_id, category_key)
);
COMMENT ON TABLE sync.published_label IS
    'Regarding categories the service offers in a mailbox''s master list, and those it once offered: on items they stand for the record as before. Written before the list is. That the list may have to change is said by a row of sync.revisit: reason labels, an empty key.';
COMMENT ON COLUMN sync.published_label.category IS 'As it stands in the list, with the prefix.';
COMMENT ON COLUMN sync.published_label.category_key IS 'The same in the form names of categories are compared in.';
COMMENT ON COLUMN sync.published_label.label IS 'What stands behind the prefix, in the form labels are compared in.';
COMMENT ON COLUMN sync.published_label.state IS
    'adding: to be put into the list; listed: the service put it there; theirs: offered, and it was in the list before; removing: not offered any more, and to be taken off the list; gone: not offered any more, and if it is in the list, then by somebody else.';
COMMENT ON COLUMN sync.published_label.published_at IS 'Since when it stands for this record.';
CREATE INDEX published_label_label ON sync.published_label (mailbox_id, label);
CREATE INDEX published_label_record ON sync.published_label (record_id);
