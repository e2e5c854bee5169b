-- What each mailbox chose is kept, also where it is what the activity is about: whoever chose the same
-- takes back a choice of its own only, and keeps it when somebody else chooses anew.

ALTER TABLE store.activity_connection DROP CONSTRAINT activity_connection_pkey;
ALTER TABLE store.activity_connection ADD CONSTRAINT activity_connection_key
    UNIQUE NULLS NOT DISTINCT (activity_id, record_id, role, mailbox_id);
COMMENT ON COLUMN store.activity_connection.role IS
    'regarding: the choice of a user who is not the owner; shown where it is not what the activity is about anyway.';

CREATE OR REPLACE VIEW crm.activity_connection WITH (security_barrier) AS
SELECT DISTINCT c.activity_id, c.record_id, c.role
  FROM store.activity_connection AS c JOIN store.activity AS a ON a.id = c.activity_id
 WHERE (a.deleted_at IS NULL OR store.sees_tombstones())
   AND NOT (c.role = 'regarding' AND c.record_id IS NOT DISTINCT FROM a.regarding_id);
