-- Schemas, the time, and what this database is.

CREATE SCHEMA IF NOT EXISTS store;
COMMENT ON SCHEMA store IS 'Base tables behind the views of schema crm. Private: read crm instead.';
CREATE SCHEMA IF NOT EXISTS crm;
COMMENT ON SCHEMA crm IS 'For everybody: stable views, meant to be joined and reported on. Grant USAGE and SELECT as the organisation wants it.';
CREATE SCHEMA IF NOT EXISTS sync;
COMMENT ON SCHEMA sync IS 'The service''s own: mailboxes, links, decisions, owed writes, the sync log.';

-- Declared stable, so that a comparison with it can use an index and is made once per statement.
CREATE FUNCTION sync.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('crmsync.now', true), '')::timestamptz, clock_timestamp());
COMMENT ON FUNCTION sync.now() IS
    'The time all statements go by. A test sets crmsync.now in its session; else the clock.';

CREATE TABLE sync.installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea NOT NULL CHECK (length(secret) = 32),
    created_at timestamptz NOT NULL DEFAULT sync.now()
);
COMMENT ON TABLE sync.installation IS 'One row: what this database is, for all daemons on it.';
COMMENT ON COLUMN sync.installation.one IS 'Keeps the table at one row.';
COMMENT ON COLUMN sync.installation.secret IS
    'Key of every HMAC in sync.*. With it gone, decisions and pins can no longer be matched.';

-- Four random UUIDs carry 488 random bits; no extension is needed for that.
INSERT INTO sync.installation (secret)
SELECT sha256(convert_to(string_agg(gen_random_uuid()::text, ''), 'UTF8')) FROM generate_series(1, 4);

CREATE TABLE sync.property (
    name text COLLATE "C" PRIMARY KEY,
    value text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT sync.now()
);
COMMENT ON TABLE sync.property IS
    'Settings that must not change silently between starts (category names, match policy): kept here and compared.';
