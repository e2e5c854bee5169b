-- References between tables that no foreign key keeps (crmsync check --deep).

-- name: read_whole_tables
-- A session of ours goes by keys otherwise.
SELECT set_config(name, 'on', true) FROM unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin}'::text[]) AS s (name);

-- name: dangling_references
-- Each with its name, the number of rows that name nothing, and the first of them by id. One
-- statement, so that all tables are seen as of one moment.
WITH dangling AS MATERIALIZED (
    SELECT 'activity.regarding_id -> record' AS name, c.id::text AS id FROM store.activity AS c
     WHERE c.regarding_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.record AS p WHERE p.id = c.regarding_id)
    UNION ALL
    SELECT 'activity.owner_id -> record' AS name, c.id::text AS id FROM store.activity AS c
     WHERE c.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.record AS p WHERE p.id = c.owner_id)
    UNION ALL
    SELECT 'activity_party.activity_id -> activity' AS name, c.activity_id::text AS id FROM store.activity_party AS c
     WHERE c.activity_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.activity AS p WHERE p.id = c.activity_id)
    UNION ALL
    SELECT 'activity_party.record_id -> record' AS name, c.activity_id::text AS id FROM store.activity_party AS c
     WHERE c.record_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.record AS p WHERE p.id = c.record_id)
    UNION ALL
    SELECT 'activity_connection.record_id -> record' AS name, c.activity_id::text AS id FROM store.activity_connection AS c
     WHERE c.record_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.record AS p WHERE p.id = c.record_id)
    UNION ALL
    SELECT 'activity_identity.activity_id -> activity' AS name, c.activity_id::text AS id FROM store.activity_identity AS c
     WHERE c.activity_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.activity AS p WHERE p.id = c.activity_id)
    UNION ALL
    SELECT 'attachment.sha256 -> blob' AS name, c.activity_id::text AS id FROM store.attachment AS c
     WHERE c.sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM store.blob AS p WHERE p.sha256 = c.sha256)
    UNION ALL
    SELECT 'mailbox.owner_id -> record' AS name, c.id::text AS id FROM sync.mailbox AS c
     WHERE c.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.record AS p WHERE p.id = c.owner_id)
    UNION ALL
    SELECT 'folder.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.folder AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'link.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.link AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'link.activity_id -> activity' AS name, c.activity_id::text AS id FROM sync.link AS c
     WHERE c.activity_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.activity AS p WHERE p.id = c.activity_id)
    UNION ALL
    SELECT 'decision.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.decision AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'decision_parent.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.decision_parent AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'pin.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.pin AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'untrack_stage.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.untrack_stage AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'parked.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.parked AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'intent.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.intent AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'write_back.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.write_back AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'published_label.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.published_label AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'published_label.record_id -> record' AS name, c.mailbox_id::text AS id FROM sync.published_label AS c
     WHERE c.record_id IS NOT NULL AND NOT EXISTS (SELECT FROM store.record AS p WHERE p.id = c.record_id)
    UNION ALL
    SELECT 'stop.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.stop AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
    UNION ALL
    SELECT 'read_label.mailbox_id -> mailbox' AS name, c.mailbox_id::text AS id FROM sync.read_label AS c
     WHERE c.mailbox_id IS NOT NULL AND NOT EXISTS (SELECT FROM sync.mailbox AS p WHERE p.id = c.mailbox_id)
), reference (name, ordinal) AS (VALUES
    ('activity.regarding_id -> record', 1),
    ('activity.owner_id -> record', 2),
    ('activity_party.activity_id -> activity', 3),
    ('activity_party.record_id -> record', 4),
    ('activity_connection.record_id -> record', 5),
    ('activity_identity.activity_id -> activity', 6),
    ('attachment.sha256 -> blob', 7),
    ('mailbox.owner_id -> record', 8),
    ('folder.mailbox_id -> mailbox', 9),
    ('link.mailbox_id -> mailbox', 10),
    ('link.activity_id -> activity', 11),
    ('decision.mailbox_id -> mailbox', 12),
    ('decision_parent.mailbox_id -> mailbox', 13),
    ('pin.mailbox_id -> mailbox', 14),
    ('untrack_stage.mailbox_id -> mailbox', 15),
    ('parked.mailbox_id -> mailbox', 16),
    ('intent.mailbox_id -> mailbox', 17),
    ('write_back.mailbox_id -> mailbox', 18),
    ('published_label.mailbox_id -> mailbox', 19),
    ('published_label.record_id -> record', 20),
    ('stop.mailbox_id -> mailbox', 21),
    ('read_label.mailbox_id -> mailbox', 22)
)
SELECT r.name, (SELECT count(*) FROM dangling AS d WHERE d.name = r.name),
       ARRAY(SELECT DISTINCT d.id FROM dangling AS d WHERE d.name = r.name ORDER BY d.id LIMIT 5)
  FROM reference AS r ORDER BY r.ordinal;
