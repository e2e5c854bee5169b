-- Between users that do not own an activity the earlier choice is what it is about. Whoever succeeded a
-- user or a team owns what was still being stored for that one.

ALTER TABLE store.activity ADD COLUMN regarding_at timestamptz;
COMMENT ON COLUMN store.activity.regarding_at IS
    'When the person of regarding_mailbox first chose: the smaller lastModifiedDateTime, then the smaller address of a mailbox goes first where the owner chose nothing. Null: by a rule, or not known; a choice of which it is not known stands.';

ALTER TABLE store.activity_connection ADD COLUMN chosen_at timestamptz;
COMMENT ON COLUMN store.activity_connection.chosen_at IS
    'When the choice was first made: it may become what the activity is about.';

ALTER TABLE store.record ADD COLUMN successor_id uuid REFERENCES store.record (id) DEFERRABLE INITIALLY DEFERRED;
COMMENT ON COLUMN store.record.successor_id IS
    'Who owns, since this user or team was closed with a successor, whatever is stored in its name. Forgotten where an import opens it again.';
CREATE INDEX record_successor ON store.record (successor_id) WHERE successor_id IS NOT NULL;

COMMENT ON COLUMN sync.write_back.categories IS
    'What the item carried when the decision behind this was made: a tag that is not among them is new. Null: made without a look at the item, which is read before anything is written.';
