-- What ties mailbox items to activities, and why. The mailbox first in every key, so that each
-- mailbox's rows lie together; no foreign keys into store.*, which would lock rows of other mailboxes.

CREATE TABLE sync.link (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    activity_id uuid NOT NULL,
    kind text NOT NULL DEFAULT 'message' CHECK (kind IN ('message', 'appointment', 'contact', 'task')),
    folder_id text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    category_seen text NOT NULL DEFAULT 'none'
        CHECK (category_seen IN ('none', 'track', 'tracked', 'review', 'refused', 'failed')),
    regarding_category text,
    seen_at timestamptz NOT NULL DEFAULT sync.now(),
    tracked_by text NOT NULL CHECK (tracked_by IN ('user', 'rule', 'shared')),
    rule text NOT NULL,
    tagged_at timestamptz NOT NULL,
    tracked_at timestamptz NOT NULL DEFAULT sync.now(),
    gone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (mailbox_id, item_id)
);
COMMENT ON TABLE sync.link IS 'The tie between one mailbox item and its activity.';
COMMENT ON COLUMN sync.link.item_id IS 'The provider''s immutable id: a move keeps it.';
COMMENT ON COLUMN sync.link.version IS 'Last read or written: an own write that comes back is known by it.';
COMMENT ON COLUMN sync.link.category_seen IS
    'What the service wrote and knows to be there: only its absence afterwards can be an untrack.';
COMMENT ON COLUMN sync.link.regarding_category IS 'The regarding category last answered on this item.';
COMMENT ON COLUMN sync.link.tagged_at IS
    'Last change of the version in which the tag was first read: who was first decides on ownership.';
COMMENT ON COLUMN sync.link.gone IS 'Not in the mailbox any more. The activity stays.';
CREATE INDEX link_activity ON sync.link (activity_id);

CREATE TABLE sync.decision (
    mailbox_id bigint NOT NULL,
    item_hmac bytea NOT NULL CHECK (length(item_hmac) = 32),
    item_id text COLLATE "C",
    message_id_hmac bytea CHECK (length(message_id_hmac) = 32),
    thread_hmac bytea CHECK (length(thread_hmac) = 32),
    parent_hmacs bytea[] NOT NULL DEFAULT '{}',
    input_hmac bytea NOT NULL CHECK (length(input_hmac) = 32),
    policy_version text COLLATE "C" NOT NULL DEFAULT '',
    decided_at timestamptz NOT NULL DEFAULT sync.now(),
    outcome text NOT NULL CHECK (outcome IN ('tracked', 'ignored', 'refused', 'untracked', 'held', 'failed')),
    rule text NOT NULL,
    evidence jsonb COMPRESSION lz4 NOT NULL DEFAULT '[]',
    PRIMARY KEY (mailbox_id, item_hmac),
    CHECK (item_id IS NULL OR outcome NOT IN ('refused', 'ignored'))
);
COMMENT ON TABLE sync.decision IS
    'The latest answer for each evaluated item. Of what was refused or ignored it keeps HMACs only, for decision_days.';
COMMENT ON COLUMN sync.decision.item_id IS 'Empty for refused and ignored items: their mailbox is nobody''s business.';
COMMENT ON COLUMN sync.decision.parent_hmacs IS 'The messages it names as parents; lets its rows in sync.decision_parent be found again.';
COMMENT ON COLUMN sync.decision.input_hmac IS 'What it was decided from: unchanged input under an unchanged policy is not written again.';
COMMENT ON COLUMN sync.decision.evidence IS 'What the rules found; no subject, no address, and no record ids unless tracked.';
CREATE INDEX decision_message ON sync.decision (message_id_hmac);
CREATE INDEX decision_thread ON sync.decision (mailbox_id, thread_hmac);
-- How many a mailbox's user untracked in the last hour, for the guard.
CREATE INDEX decision_untracked ON sync.decision (mailbox_id, decided_at) WHERE outcome = 'untracked';
-- Rows come and go by age; nearly free to keep along.
CREATE INDEX decision_age ON sync.decision USING brin (decided_at);

CREATE TABLE sync.decision_parent (
    message_hmac bytea NOT NULL,
    mailbox_id bigint NOT NULL,
    item_hmac bytea NOT NULL,
    PRIMARY KEY (message_hmac, mailbox_id, item_hmac)
);
COMMENT ON TABLE sync.decision_parent IS
    'The newest 20 references of each decided item: a parent that is tracked later finds its answers.';

CREATE TABLE sync.pin (
    mailbox_id bigint NOT NULL,
    message_hmac bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('untrack', 'stop')),
    at timestamptz NOT NULL DEFAULT sync.now(),
    PRIMARY KEY (mailbox_id, message_hmac, kind)
);
COMMENT ON TABLE sync.pin IS
    'A person''s untrack or stop. Never expires, outlives the purge; removed by a new tag there or with the mailbox.';

CREATE TABLE sync.untrack_stage (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT sync.now(),
    held boolean NOT NULL DEFAULT false,
    PRIMARY KEY (mailbox_id, item_id)
);
COMMENT ON TABLE sync.untrack_stage IS
    'Items whose category a person seems to have taken off: believed only after the mailbox caught up and a fresh read.';

CREATE TABLE sync.parked (
    mailbox_id bigint NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    version text COLLATE "C" NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 1,
    parked_at timestamptz NOT NULL DEFAULT sync.now(),
    next_attempt_at timestamptz,
    PRIMARY KEY (mailbox_id, item_id)
);
COMMENT ON TABLE sync.parked IS 'Items that could not be handled, so that one never stops its folder.';
COMMENT ON COLUMN sync.parked.next_attempt_at IS 'Empty: only a person or a new version of the item brings it back.';
