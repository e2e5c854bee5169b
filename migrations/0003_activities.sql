-- Activities and what belongs to them. Ids are UUIDv7 made by the program. Foreign keys only inside
-- this family: a key to store.record would lock the same account's row from every page.

CREATE TABLE store.activity (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('email', 'appointment', 'task')),
    direction text NOT NULL CHECK (direction IN ('incoming', 'outgoing', 'internal')),
    subject text COMPRESSION lz4 NOT NULL,
    body text COMPRESSION lz4 NOT NULL,
    body_type text NOT NULL CHECK (body_type IN ('html', 'text')),
    body_truncated boolean NOT NULL DEFAULT false,
    body_bytes bigint NOT NULL DEFAULT 0 CHECK (body_bytes >= 0),
    occurred_at timestamptz NOT NULL,
    message_id text COLLATE "C",
    regarding_id uuid,
    regarding_by_person boolean NOT NULL DEFAULT false,
    regarding_strength integer NOT NULL DEFAULT 0,
    regarding_mailbox bigint,
    owner_id uuid,
    owned_by_person boolean NOT NULL DEFAULT false,
    owned_at timestamptz NOT NULL,
    owner_address text COLLATE "C" NOT NULL DEFAULT '',
    visibility text NOT NULL DEFAULT 'full' CHECK (visibility IN ('full', 'subject', 'metadata', 'owner')),
    had_external boolean NOT NULL DEFAULT false,
    fields jsonb COMPRESSION lz4 NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fields) = 'object'),
    created_at timestamptz NOT NULL DEFAULT sync.now(),
    updated_at timestamptz NOT NULL DEFAULT sync.now(),
    deleted_at timestamptz,
    purge_after timestamptz,
    CHECK ((deleted_at IS NULL) = (purge_after IS NULL))
);
COMMENT ON TABLE store.activity IS 'The stored copy of a message, appointment or task: one however many mailboxes hold it.';
COMMENT ON COLUMN store.activity.body IS 'lz4: measured up to 1.9 times the insert rate of the default on bodies of 4 KB.';
COMMENT ON COLUMN store.activity.body_bytes IS 'Length before the cut at max_body_bytes.';
COMMENT ON COLUMN store.activity.regarding_by_person IS
    'Set or cleared by hand: no rule changes it. With an empty regarding_id: a person took it off.';
COMMENT ON COLUMN store.activity.regarding_strength IS 'Of the evidence behind a rule''s regarding; stronger evidence replaces it.';
COMMENT ON COLUMN store.activity.regarding_mailbox IS 'The mailbox it was set in: between users the owner''s choice stands.';
COMMENT ON COLUMN store.activity.owned_by_person IS
    'With owned_at and owner_address the claim of the present owner; the best of all claims wins, whatever the order of processing.';
COMMENT ON COLUMN store.activity.had_external IS
    'Somebody outside the own domains took part: a purely internal answer then inherits nothing.';
COMMENT ON COLUMN store.activity.deleted_at IS 'Tombstone: hidden, revived under the same id when tagged again, purged after purge_after.';
CREATE INDEX activity_regarding ON store.activity (regarding_id, occurred_at DESC)
    WHERE regarding_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX activity_owner ON store.activity (owner_id, occurred_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX activity_purge ON store.activity (purge_after) WHERE purge_after IS NOT NULL;

CREATE TABLE store.activity_party (
    activity_id uuid NOT NULL REFERENCES store.activity (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('from', 'sender', 'reply_to', 'to', 'cc', 'bcc', 'organizer', 'required', 'optional')),
    address text COLLATE "C" NOT NULL,
    ordinal integer NOT NULL,
    name text NOT NULL DEFAULT '',
    record_id uuid,
    resolution text NOT NULL CHECK (resolution IN ('resolved', 'unresolved', 'ambiguous')),
    is_list boolean NOT NULL DEFAULT false,
    set_by text NOT NULL DEFAULT 'rule' CHECK (set_by IN ('rule', 'person')),
    PRIMARY KEY (activity_id, role, address),
    CHECK ((resolution = 'resolved') = (record_id IS NOT NULL))
);
COMMENT ON TABLE store.activity_party IS 'Participants: the union over all copies, since only the sender''s copy names Bcc.';
COMMENT ON COLUMN store.activity_party.address IS 'Normalised; the provider''s text where it is no mail address.';
COMMENT ON COLUMN store.activity_party.ordinal IS 'Place in the item''s list, for display.';
COMMENT ON COLUMN store.activity_party.set_by IS 'A resolution made by a person is not touched by a rule.';
CREATE INDEX activity_party_address ON store.activity_party (address) INCLUDE (activity_id);
CREATE INDEX activity_party_record ON store.activity_party (record_id) WHERE record_id IS NOT NULL;

CREATE TABLE store.activity_connection (
    activity_id uuid NOT NULL REFERENCES store.activity (id) ON DELETE CASCADE,
    record_id uuid NOT NULL,
    role text NOT NULL CHECK (role ~ '^[a-z][a-z0-9_]*$'),
    mailbox_id bigint,
    PRIMARY KEY (activity_id, record_id, role)
);
COMMENT ON TABLE store.activity_connection IS 'Further records an activity is tied to.';
COMMENT ON COLUMN store.activity_connection.role IS 'regarding: the choice of a user who is not the owner.';
COMMENT ON COLUMN store.activity_connection.mailbox_id IS 'Where the choice was made, so that it can be changed there.';

CREATE TABLE store.attachment (
    activity_id uuid NOT NULL REFERENCES store.activity (id) ON DELETE CASCADE,
    ordinal integer NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    status text NOT NULL CHECK (status IN ('stored', 'skipped', 'pending')),
    reason text,
    sha256 bytea CHECK (length(sha256) = 32),
    PRIMARY KEY (activity_id, ordinal),
    CHECK ((status = 'stored') = (sha256 IS NOT NULL)),
    CHECK (status <> 'skipped' OR reason IS NOT NULL)
);
COMMENT ON TABLE store.attachment IS 'Every attachment of an activity: stored, skipped with its reason, or pending.';
-- A blob goes when its last attachment went.
CREATE INDEX attachment_blob ON store.attachment (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE store.blob (
    sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
    size bigint NOT NULL CHECK (size >= 0),
    stored_at timestamptz NOT NULL DEFAULT sync.now()
);
COMMENT ON TABLE store.blob IS 'Contents of attachments, each once.';

CREATE TABLE store.blob_part (
    sha256 bytea NOT NULL REFERENCES store.blob (sha256) ON DELETE CASCADE,
    n integer NOT NULL CHECK (n >= 0),
    content bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (sha256, n)
);
COMMENT ON TABLE store.blob_part IS 'Contents in parts of 256 KiB, so that nothing large is ever one parameter or one row.';

CREATE TABLE store.activity_identity (
    key bytea PRIMARY KEY CHECK (length(key) = 32),
    activity_id uuid NOT NULL,
    from_hash bytea NOT NULL,
    sent_at timestamptz NOT NULL
);
COMMENT ON TABLE store.activity_identity IS
    'What makes a message the same message in every mailbox: the only key across mailboxes, a table of its own so that activities may be partitioned.';
COMMENT ON COLUMN store.activity_identity.key IS
    'SHA-256 over kind, text and a counter n. The keys of one text are n = 0, 1, … without a hole.';
COMMENT ON COLUMN store.activity_identity.activity_id IS
    'No foreign key: the identity is written first, so that two pages with the same message wait for each other here.';
COMMENT ON COLUMN store.activity_identity.from_hash IS 'With sent_at tells a Message-ID used twice: another From, or more than a day apart.';
CREATE INDEX activity_identity_activity ON store.activity_identity (activity_id);
