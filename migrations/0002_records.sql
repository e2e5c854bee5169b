-- Records: the rows of the CRM that items can belong to.

CREATE TABLE store.record (
    id uuid PRIMARY KEY,
    type text COLLATE "C" NOT NULL CHECK (type ~ '^[a-z][a-z0-9_]{0,62}$'),
    external_id text COLLATE "C" NOT NULL CHECK (external_id <> ''),
    name text NOT NULL,
    label text COLLATE "C" NOT NULL,
    number text COLLATE "C",
    number_key text COLLATE "C",
    parent_id uuid REFERENCES store.record (id) DEFERRABLE INITIALLY DEFERRED,
    owner_id uuid REFERENCES store.record (id) DEFERRABLE INITIALLY DEFERRED,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    fields jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fields) = 'object'),
    created_at timestamptz NOT NULL DEFAULT sync.now(),
    updated_at timestamptz NOT NULL DEFAULT sync.now(),
    CONSTRAINT record_external_id UNIQUE (type, external_id),
    CONSTRAINT record_number UNIQUE (number_key) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((number IS NULL) = (number_key IS NULL))
);
COMMENT ON TABLE store.record IS
    'What items can belong to: accounts, contacts, leads, opportunities, cases, users, teams, lists and declared types.';
COMMENT ON COLUMN store.record.type IS 'Not an enumeration: an organisation may declare types of its own.';
COMMENT ON COLUMN store.record.label IS
    'The name as a typed label is compared: case-folded, comma and semicolon as spaces.';
COMMENT ON COLUMN store.record.number_key IS
    'The number case-folded: unique in this form over all types. Deferred: an import may swap two numbers.';
COMMENT ON COLUMN store.record.parent_id IS 'Deferred: an import may name a child before its parent.';
COMMENT ON COLUMN store.record.owner_id IS 'A user or a team.';
-- Exact labels and prefixes; collation C makes a prefix a range.
CREATE INDEX record_label ON store.record (label);
-- People ask for a number as it is written.
CREATE INDEX record_number_written ON store.record (number) WHERE number IS NOT NULL;
CREATE INDEX record_parent ON store.record (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE store.record_address (
    address text COLLATE "C" NOT NULL CHECK (address <> ''),
    kind text NOT NULL CHECK (kind IN ('email', 'domain')),
    record_id uuid NOT NULL REFERENCES store.record (id) ON DELETE CASCADE,
    PRIMARY KEY (address, kind, record_id)
);
COMMENT ON TABLE store.record_address IS
    'Addresses and domains by which a participant resolves to a record. Several records may hold one.';
COMMENT ON COLUMN store.record_address.address IS 'Normalised: case-folded, without plus-tag; a domain in lower case.';
CREATE INDEX record_address_record ON store.record_address (record_id);
