-- What this database is.

-- name: installation_secret
SELECT secret FROM sync.installation;

-- name: installation_id
SELECT id FROM sync.installation;

-- name: properties
SELECT name, value FROM sync.property ORDER BY name;

-- name: set_property
INSERT INTO sync.property AS p (name, value) VALUES ($1::text, $2::text)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
 WHERE p.value <> excluded.value;
