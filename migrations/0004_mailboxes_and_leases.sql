-- Mailboxes, who works on them, and how far they have been read.

CREATE TABLE sync.daemon (
    id uuid PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    address text NOT NULL
);
COMMENT ON TABLE sync.daemon IS
    'One heartbeat row per process. Renewing each lease instead was measured to stall everything behind one slow page.';
COMMENT ON COLUMN sync.daemon.address IS 'Host and process, for people.';

CREATE TABLE sync.mailbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    object_id text COLLATE "C",
    kind text NOT NULL DEFAULT 'user' CHECK (kind IN ('user', 'shared')),
    owner_id uuid,
    state text NOT NULL DEFAULT 'added' CHECK (state IN ('added', 'enabled', 'disabled', 'stopped')),
    mode text CHECK (mode IN ('manual', 'replies', 'contacts', 'records', 'all')),
    enabled_at timestamptz,
    last_pass_at timestamptz,
    next_pass_at timestamptz,
    last_failure text,
    link_count bigint NOT NULL DEFAULT 0,
    tree_cursor text NOT NULL DEFAULT '',
    tree_query_version integer NOT NULL DEFAULT 0,
    added_at timestamptz NOT NULL DEFAULT sync.now(),
    CONSTRAINT mailbox_address UNIQUE (provider, address),
    CONSTRAINT mailbox_object UNIQUE (provider, object_id)
);
COMMENT ON TABLE sync.mailbox IS 'The mailboxes the service was told to follow.';
COMMENT ON COLUMN sync.mailbox.object_id IS 'The provider''s own id: stays when the address changes.';
COMMENT ON COLUMN sync.mailbox.owner_id IS 'The user (or team) in store.record this mailbox belongs to.';
COMMENT ON COLUMN sync.mailbox.mode IS 'Empty: the default mode of the settings.';
COMMENT ON COLUMN sync.mailbox.enabled_at IS 'A tag on a message received since then is not a hand tag on the first pass.';
COMMENT ON COLUMN sync.mailbox.link_count IS 'Kept along, since the guard against mass untracking asks for it at every release.';
COMMENT ON COLUMN sync.mailbox.tree_cursor IS 'How far the folder tree has been read; the folders'' own cursors are in sync.folder.';
CREATE INDEX mailbox_by_address ON sync.mailbox (address);

CREATE TABLE sync.lease (
    mailbox_id bigint PRIMARY KEY REFERENCES sync.mailbox (id),
    holder uuid,
    epoch bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT 'infinity'
) WITH (fillfactor = 50);
COMMENT ON TABLE sync.lease IS
    'Which daemon may commit a mailbox. Changes only when claimed, given back or woken; half-full pages keep that cheap.';
COMMENT ON COLUMN sync.lease.holder IS 'No foreign key: a daemon that is gone leaves its leases to be claimed.';
COMMENT ON COLUMN sync.lease.epoch IS 'Counts the claims: with the holder it shuts out every earlier one.';
CREATE INDEX lease_due ON sync.lease (due_at);

-- The share lock keeps the lease from being claimed until the transaction that fenced has ended.
-- Holder and epoch: a standby that was promoted may give out an epoch a second time.
CREATE FUNCTION sync.fence(of_mailbox bigint, by_holder uuid, at_epoch bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM sync.lease
      WHERE mailbox_id = of_mailbox AND holder = by_holder AND epoch = at_epoch FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of mailbox % is lost', of_mailbox USING ERRCODE = 'CS001';
    END IF;
END $$;
COMMENT ON FUNCTION sync.fence(bigint, uuid, bigint) IS
    'First statement of every transaction that writes for a mailbox: fails (CS001) when the lease is another''s.';

CREATE TABLE sync.folder (
    mailbox_id bigint NOT NULL,
    folder_id text COLLATE "C" NOT NULL,
    kind text NOT NULL DEFAULT '',
    parent_id text COLLATE "C",
    name text NOT NULL DEFAULT '',
    cursor text COMPRESSION lz4 NOT NULL DEFAULT '',
    query_version integer NOT NULL DEFAULT 0,
    round_done_at timestamptz,
    dirty_at timestamptz,
    PRIMARY KEY (mailbox_id, folder_id)
) WITH (fillfactor = 80);
COMMENT ON TABLE sync.folder IS 'The folders of each mailbox and how far each has been read.';
COMMENT ON COLUMN sync.folder.kind IS 'The well-known name (inbox, sentitems, …), empty for others.';
COMMENT ON COLUMN sync.folder.name IS 'In the mailbox''s language, for people only.';
COMMENT ON COLUMN sync.folder.cursor IS 'The provider''s opaque mark; empty: from nothing. Moves only with what was read under it.';
COMMENT ON COLUMN sync.folder.query_version IS 'A cursor keeps the property list of its first request: another version starts from nothing.';
COMMENT ON COLUMN sync.folder.round_done_at IS 'When a round last reached the end: tells a hand tag from a tag that came with the message.';
COMMENT ON COLUMN sync.folder.dirty_at IS 'When a probe last saw a change in it.';

CREATE TABLE sync.own_category (
    name text COLLATE "C" PRIMARY KEY,
    meaning text NOT NULL CHECK (meaning IN ('track', 'tracked', 'review', 'refused', 'failed', 'stop', 'regarding_prefix')),
    retired_at timestamptz
);
COMMENT ON TABLE sync.own_category IS 'Every category name ever used: it stays ours after the settings change.';
