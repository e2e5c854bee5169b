-- A user, team or other record that is closed, and what it owned.

-- name: records_named
-- As a person names a record: by id, by type and external id, by the address of a user or team, by
-- external id alone.
SELECT r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state
  FROM store.record AS r
 WHERE r.id = $1::uuid
    OR r.type = $2::text AND r.external_id = $3::text
    OR $2::text IS NULL AND r.external_id = $3::text
    OR r.type IN ('user', 'team')
       AND r.id IN (SELECT a.record_id FROM store.record_address AS a
                     WHERE a.kind = 'email' AND a.address = $4::text)
 ORDER BY r.type, r.external_id, r.id LIMIT 10;

-- name: close_record
UPDATE store.record SET state = 'closed', updated_at = (SELECT sync.now())
 WHERE id = $1::uuid AND state <> 'closed';

-- name: count_owned
SELECT (SELECT count(*) FROM store.activity WHERE owner_id = $1::uuid AND deleted_at IS NULL),
       (SELECT count(*) FROM store.record WHERE owner_id = $1::uuid),
       (SELECT count(*) FROM sync.mailbox WHERE owner_id = $1::uuid);

-- name: name_successor
-- First: whatever is stored in the name of the one, or of whom that one succeeded, is the other's.
UPDATE store.record SET successor_id = CASE WHEN id <> $2::uuid THEN $2::uuid END
 WHERE id IN ($1::uuid, $2::uuid) OR successor_id = $1::uuid;

-- name: wait_for_owners
-- Until all transactions that may not have seen the successor have ended (fence_and_own).
SELECT pg_advisory_xact_lock(hashtext('store.activity owner'));

-- name: pass_mailboxes
-- Then: what they track from then on is the successor's.
UPDATE sync.mailbox SET owner_id = $2::uuid WHERE owner_id = $1::uuid RETURNING id;

-- name: pass_records
WITH chosen AS MATERIALIZED (
    SELECT id FROM store.record WHERE owner_id = $1::uuid LIMIT $3::bigint
), locked AS MATERIALIZED (
    SELECT r.id FROM store.record AS r JOIN chosen ON chosen.id = r.id ORDER BY r.id FOR NO KEY UPDATE OF r
)
UPDATE store.record AS r SET owner_id = $2::uuid, updated_at = (SELECT sync.now())
  FROM locked WHERE r.id = locked.id AND r.owner_id = $1::uuid;

-- name: pass_activities
-- Tombstones too: they may be revived. In the order of ids, as pages lock them.
WITH chosen AS MATERIALIZED (
    (SELECT id FROM store.activity WHERE owner_id = $1::uuid AND deleted_at IS NULL LIMIT $3::bigint)
    UNION ALL
    (SELECT id FROM store.activity WHERE owner_id = $1::uuid AND purge_after IS NOT NULL LIMIT $3::bigint)
), locked AS MATERIALIZED (
    SELECT a.id FROM store.activity AS a JOIN (SELECT id FROM chosen LIMIT $3::bigint) AS s ON s.id = a.id
     ORDER BY a.id FOR NO KEY UPDATE OF a
)
UPDATE store.activity AS a SET owner_id = $2::uuid, updated_at = (SELECT sync.now())
  FROM locked WHERE a.id = locked.id AND a.owner_id = $1::uuid;
