-- store.activity, to be read by people.

-- name: activity_by_id
SELECT a.id, a.kind, a.direction, a.subject, a.body, a.body_type, a.body_truncated, a.body_bytes,
       a.occurred_at, a.message_id, a.regarding_id, r.name, a.regarding_by_person,
       a.owner_id, o.name, a.visibility, a.created_at, a.updated_at, a.deleted_at,
       a.fields::text
  FROM store.activity AS a
  LEFT JOIN store.record AS r ON r.id = a.regarding_id
  LEFT JOIN store.record AS o ON o.id = a.owner_id
 WHERE a.id = $1::uuid;

-- name: parties_of_activity
SELECT p.role, p.address, p.name, p.record_id, r.name, p.resolution, p.is_list
  FROM store.activity_party AS p LEFT JOIN store.record AS r ON r.id = p.record_id
 WHERE p.activity_id = $1::uuid
 ORDER BY array_position('{from,sender,reply_to,to,cc,bcc}'::text[], p.role), p.ordinal, p.address;

-- name: connections_of_activity
SELECT DISTINCT c.record_id, r.name, c.role
  FROM store.activity_connection AS c
  JOIN store.activity AS a ON a.id = c.activity_id
  LEFT JOIN store.record AS r ON r.id = c.record_id
 WHERE c.activity_id = $1::uuid AND NOT (c.role = 'regarding' AND c.record_id IS NOT DISTINCT FROM a.regarding_id)
 ORDER BY c.role, r.name, c.record_id;

-- name: attachments_of_activity
SELECT name, content_type, size, status, reason, encode(sha256, 'hex')
  FROM store.attachment WHERE activity_id = $1::uuid ORDER BY ordinal;

-- name: links_of_activity
SELECT m.address, l.tracked_by, l.rule, l.tracked_at, l.gone, l.mailbox_id, l.item_id
  FROM sync.link AS l JOIN sync.mailbox AS m ON m.id = l.mailbox_id
 WHERE l.activity_id = $1::uuid ORDER BY l.tagged_at, m.address, l.item_id;

-- name: activities_by_identity
-- Tombstones last.
SELECT DISTINCT a.id, a.deleted_at IS NOT NULL AS deleted
  FROM store.activity_identity AS i JOIN store.activity AS a ON a.id = i.activity_id
 WHERE i.key = ANY ($1::bytea[]) ORDER BY deleted, a.id;
