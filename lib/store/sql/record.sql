-- store.record: what items can belong to.

-- name: lock_record_import
-- One import at a time: what it checked must still hold when it writes.
SELECT pg_advisory_xact_lock(hashtext('store.record import'));

-- name: records_by_key
SELECT r.type, r.external_id, r.id
  FROM unnest($1::text[], $2::text[]) AS k (type, external_id)
  JOIN store.record AS r ON r.type = k.type AND r.external_id = k.external_id;

-- name: records_by_number
SELECT number_key, type, external_id FROM store.record WHERE number_key = ANY ($1::text[]);

-- name: owners_by_address
-- A user before a team.
SELECT a.address, a.record_id
  FROM store.record_address AS a JOIN store.record AS r ON r.id = a.record_id
 WHERE a.kind = 'email' AND a.address = ANY ($1::text[]) AND r.type IN ('user', 'team')
 ORDER BY a.address, r.type DESC, r.id;

-- name: made_users
-- Made for a mailbox and not named by an import yet: external id and name are the address.
SELECT external_id, id FROM store.record
 WHERE type = 'user' AND external_id = ANY ($1::text[]) AND name = external_id;

-- name: rename_records
-- Made users that an import names.
UPDATE store.record AS r SET external_id = n.external_id
  FROM unnest($1::uuid[], $2::text[]) AS n (id, external_id) WHERE r.id = n.id;

-- name: upsert_records
-- What a row does not say stays; unchanged rows are not written.
WITH incoming AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[],
                         $7::text[], $8::text[], $9::boolean[], $10::uuid[], $11::boolean[], $12::uuid[],
                         $13::text[], $14::jsonb[])
           AS r (id, type, external_id, name, label, says_number, number, number_key,
                 says_parent, parent_id, says_owner, owner_id, state, fields)
)
INSERT INTO store.record AS r (id, type, external_id, name, label, number, number_key, parent_id, owner_id,
                               state, fields)
SELECT id, type, external_id, name, label, number, number_key, parent_id, owner_id,
       coalesce(state, 'open'), fields
  FROM incoming ORDER BY type COLLATE "C", external_id COLLATE "C"
    ON CONFLICT ON CONSTRAINT record_external_id DO UPDATE
   SET name = excluded.name, label = excluded.label,
       (number, number_key) = (SELECT CASE WHEN i.says_number THEN i.number ELSE r.number END,
                                      CASE WHEN i.says_number THEN i.number_key ELSE r.number_key END
                                 FROM incoming AS i
                                WHERE i.type = excluded.type AND i.external_id = excluded.external_id),
       (parent_id, owner_id, state) =
           (SELECT CASE WHEN i.says_parent THEN i.parent_id ELSE r.parent_id END,
                   CASE WHEN i.says_owner THEN i.owner_id ELSE r.owner_id END,
                   coalesce(i.state, r.state)
              FROM incoming AS i WHERE i.type = excluded.type AND i.external_id = excluded.external_id),
       -- Who is back owns again what is stored from now on.
       successor_id = (SELECT CASE WHEN i.state IS DISTINCT FROM 'open' THEN r.successor_id END FROM incoming AS i
                        WHERE i.type = excluded.type AND i.external_id = excluded.external_id),
       fields = r.fields || excluded.fields, updated_at = excluded.updated_at;

-- name: remove_record_addresses
-- Those of a kind the import says something about, and does not name any more.
DELETE FROM store.record_address AS a
 USING unnest($1::uuid[], $2::text[]) AS said (record_id, kind)
 WHERE a.record_id = said.record_id AND a.kind = said.kind
   AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::text[], $5::text[]) AS n (record_id, kind, address)
                    WHERE n.record_id = a.record_id AND n.kind = a.kind AND n.address = a.address);

-- name: insert_record_addresses
INSERT INTO store.record_address (address, kind, record_id)
SELECT address, kind, record_id FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (record_id, kind, address)
    ON CONFLICT (address, kind, record_id) DO NOTHING;

-- name: find_records
-- By number, external id, address, beginning of the name, any part of the name; best first.
SELECT r.id, r.type, r.external_id, r.name, r.number, r.parent_id, r.owner_id, r.state,
       ARRAY(SELECT a.address FROM store.record_address AS a WHERE a.record_id = r.id
              ORDER BY a.kind DESC, a.address), r.fields::text
  FROM (SELECT id, min(rank) AS rank FROM (
            SELECT id, 1 AS rank FROM store.record WHERE number_key = $2::text
            UNION ALL SELECT id, 2 FROM store.record WHERE external_id = $1::text
            UNION ALL SELECT record_id, 3 FROM store.record_address WHERE address = $3::text
            UNION ALL (SELECT id, 4 FROM store.record
                        WHERE label >= $2::text COLLATE "C" AND label < ($2::text || chr(1114111)) COLLATE "C"
                        ORDER BY label LIMIT $4::bigint)
            UNION ALL (SELECT id, 5 FROM store.record WHERE position($2::text IN label) > 0
                        ORDER BY label LIMIT $4::bigint)) AS hits
         GROUP BY id) AS found
  JOIN store.record AS r ON r.id = found.id
 ORDER BY found.rank, r.label, r.id LIMIT $4::bigint;

-- name: record_by_id
SELECT id, type, external_id, name, number, parent_id, owner_id, state FROM store.record WHERE id = $1::uuid;

-- name: record_by_number
SELECT id, type, external_id, name, number, parent_id, owner_id, state FROM store.record
 WHERE number_key = $1::text;

-- name: user_by_address
SELECT r.id FROM store.record_address AS a JOIN store.record AS r ON r.id = a.record_id
 WHERE a.kind = 'email' AND a.address = $1::text AND r.type = 'user' ORDER BY r.id LIMIT 1;

-- name: insert_user
-- External id and name are the address until an import says more.
WITH added AS (
    INSERT INTO store.record (id, type, external_id, name, label)
    VALUES ($1::uuid, 'user', $2::text, $2::text, $3::text)
        ON CONFLICT ON CONSTRAINT record_external_id DO UPDATE SET updated_at = excluded.updated_at
    RETURNING id
), addressed AS (
    INSERT INTO store.record_address (address, kind, record_id) SELECT $2::text, 'email', id FROM added
        ON CONFLICT (address, kind, record_id) DO NOTHING
)
SELECT id FROM added;

-- name: owner_by_text
-- A user or team by address, external id or number; a user first.
SELECT r.id FROM store.record AS r
 WHERE r.type IN ('user', 'team')
   AND (r.external_id = $1::text OR r.number_key = $2::text
        OR r.id IN (SELECT a.record_id FROM store.record_address AS a
                     WHERE a.kind = 'email' AND a.address = $3::text))
 ORDER BY r.type DESC, r.id LIMIT 1;

-- name: teams_by_text
-- By external id, which is one; else by address or name.
WITH named AS (
    SELECT r.id, r.external_id, r.external_id = $1::text AS exact
      FROM store.record AS r
     WHERE r.type = 'team' AND r.state = 'open'
       AND (r.external_id = $1::text OR r.label = $2::text
            OR r.id IN (SELECT a.record_id FROM store.record_address AS a
                         WHERE a.kind = 'email' AND a.address = $3::text))
)
SELECT id, external_id FROM named
 WHERE exact OR NOT EXISTS (SELECT FROM named WHERE exact)
 ORDER BY external_id LIMIT 10;
