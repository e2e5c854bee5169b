-- What a page asks the CRM, once for all its items. No text but what was asked for comes back.

-- name: candidates_by_address
SELECT a.address, r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state
  FROM store.record_address AS a JOIN store.record AS r ON r.id = a.record_id
 WHERE a.kind = 'email' AND a.address = ANY ($1::text[])
 ORDER BY a.address, r.id;

-- name: candidates_by_domain
SELECT a.address, r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state
  FROM store.record_address AS a JOIN store.record AS r ON r.id = a.record_id
 WHERE a.kind = 'domain' AND a.address = ANY ($1::text[])
 ORDER BY a.address, r.id;

-- name: candidates_by_identity
-- Stored messages by identity key, with who sent them when, and the record each is about.
SELECT i.key, a.id, a.regarding_id, a.regarding_by_person, a.deleted_at IS NOT NULL, a.had_external,
       i.from_hash, i.sent_at, r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state,
       CASE WHEN a.owned_by_person THEN a.owner_id END, a.owned_at, a.owner_address
  FROM store.activity_identity AS i
  JOIN store.activity AS a ON a.id = i.activity_id
  LEFT JOIN store.record AS r ON r.id = a.regarding_id
 WHERE i.key = ANY ($1::bytea[]);

-- name: candidates_by_label
-- A typed label: number, exact name, beginning of a name (at most 5). Users and teams are nobody's
-- regarding. The greatest code point closes the range of names that begin with the label.
SELECT l.label, h.found, r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state
  FROM unnest($1::text[]) AS l (label)
 CROSS JOIN LATERAL (
     SELECT 1 AS found, n.id FROM store.record AS n
      WHERE n.number_key = l.label AND n.type NOT IN ('user', 'team')
     UNION ALL
     (SELECT 2, e.id FROM store.record AS e
       WHERE e.label = l.label AND e.type NOT IN ('user', 'team') ORDER BY e.id LIMIT 20)
     UNION ALL
     (SELECT 3, p.id FROM store.record AS p
       WHERE p.label > l.label COLLATE "C" AND p.label < (l.label || chr(1114111)) COLLATE "C"
         AND p.type NOT IN ('user', 'team')
       ORDER BY p.label LIMIT 5)) AS h
  JOIN store.record AS r ON r.id = h.id
 ORDER BY l.label, h.found, r.id;

-- name: mailbox_owners
-- Enabled mailboxes among the addresses, and whose they are.
SELECT address, owner_id FROM sync.mailbox
 WHERE state = 'enabled' AND owner_id IS NOT NULL AND address = ANY ($1::text[])
 ORDER BY address, id;

-- name: owners_by_record
-- Users and teams that hold one of the addresses, by an alias too, and have an enabled mailbox.
SELECT a.address, (array_agg(o.owner_id))[1]
  FROM store.record_address AS a
 CROSS JOIN LATERAL (
     SELECT m.owner_id FROM sync.mailbox AS m
      WHERE m.owner_id = a.record_id AND m.state = 'enabled' OFFSET 0) AS o
 WHERE a.kind = 'email' AND a.address = ANY ($1::text[])
 GROUP BY a.address HAVING count(DISTINCT o.owner_id) = 1;
