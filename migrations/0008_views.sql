-- What everybody queries. Views, so that masks and row-level security can come without a name
-- changing; security_barrier, so that a condition of the reader's cannot see hidden rows.

CREATE FUNCTION store.sees_tombstones() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_has_role(current_user, (SELECT datdba FROM pg_catalog.pg_database
                                      WHERE datname = current_database()), 'MEMBER');
COMMENT ON FUNCTION store.sees_tombstones() IS 'Tombstones are for the owner of the database only.';

CREATE VIEW crm.record WITH (security_barrier) AS
SELECT id, type, external_id, name, number, parent_id, owner_id, state, fields, created_at, updated_at
  FROM store.record;
COMMENT ON VIEW crm.record IS 'What items can belong to: accounts, contacts, opportunities, cases, users, …';

CREATE VIEW crm.record_address WITH (security_barrier) AS
SELECT record_id, address, kind FROM store.record_address;
COMMENT ON VIEW crm.record_address IS 'Addresses and domains of records, normalised.';

-- Two branches, so that each matches the predicate of its partial indexes; the second is not run at
-- all for those who see no tombstones.
CREATE VIEW crm.activity WITH (security_barrier) AS
SELECT id, kind, direction, subject, body, body_type, body_truncated, occurred_at, message_id,
       regarding_id, owner_id, visibility, fields, created_at, updated_at, deleted_at,
       body_bytes, regarding_by_person, owned_by_person
  FROM store.activity WHERE deleted_at IS NULL
UNION ALL
SELECT id, kind, direction, subject, body, body_type, body_truncated, occurred_at, message_id,
       regarding_id, owner_id, visibility, fields, created_at, updated_at, deleted_at,
       body_bytes, regarding_by_person, owned_by_person
  FROM store.activity WHERE deleted_at IS NOT NULL AND purge_after IS NOT NULL AND store.sees_tombstones();
COMMENT ON VIEW crm.activity IS 'Stored copies of messages, appointments and tasks.';
COMMENT ON COLUMN crm.activity.deleted_at IS 'Tombstone, shown to the owner of the database only.';

CREATE VIEW crm.activity_party WITH (security_barrier) AS
SELECT p.activity_id, p.role, p.address, p.name, p.record_id, p.resolution, p.is_list, p.ordinal
  FROM store.activity_party AS p JOIN store.activity AS a ON a.id = p.activity_id
 WHERE a.deleted_at IS NULL OR store.sees_tombstones();
COMMENT ON VIEW crm.activity_party IS 'Participants of activities and the records they resolved to.';

CREATE VIEW crm.activity_connection WITH (security_barrier) AS
SELECT c.activity_id, c.record_id, c.role
  FROM store.activity_connection AS c JOIN store.activity AS a ON a.id = c.activity_id
 WHERE a.deleted_at IS NULL OR store.sees_tombstones();
COMMENT ON VIEW crm.activity_connection IS 'Further records an activity is tied to.';

CREATE VIEW crm.attachment WITH (security_barrier) AS
SELECT t.activity_id, t.name, t.content_type, t.size, t.status, t.reason, t.sha256, t.ordinal
  FROM store.attachment AS t JOIN store.activity AS a ON a.id = t.activity_id
 WHERE a.deleted_at IS NULL OR store.sees_tombstones();
COMMENT ON VIEW crm.attachment IS 'Attachments of activities: stored, skipped with a reason, or pending.';
