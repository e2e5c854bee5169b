-- sync.mailbox: which mailboxes the service follows.

-- name: insert_mailbox
-- With its lease row, which nobody can claim before the mailbox is enabled. No row where the
-- provider's mailbox is there already.
WITH added AS (
    INSERT INTO sync.mailbox (provider, address, kind, owner_id, mode)
    VALUES ($1::text, $2::text, $3::text, $4::uuid, $5::text)
        ON CONFLICT ON CONSTRAINT mailbox_address DO NOTHING
    RETURNING *
), leased AS (
    INSERT INTO sync.lease (mailbox_id) SELECT id FROM added
)
SELECT id, provider, address, kind, owner_id, state, mode, enabled_at, last_pass_at, next_pass_at, last_failure,
       show_shared, sent_items, on_untrack, object_id
  FROM added;

-- name: mailboxes_by_address
SELECT id, provider, address, kind, owner_id, state, mode, enabled_at, last_pass_at, next_pass_at, last_failure,
       show_shared, sent_items, on_untrack, object_id
  FROM sync.mailbox WHERE address = $1::text ORDER BY provider;

-- name: mailbox_by_id
SELECT id, provider, address, kind, owner_id, state, mode, enabled_at, last_pass_at, next_pass_at, last_failure,
       show_shared, sent_items, on_untrack, object_id
  FROM sync.mailbox WHERE id = $1::bigint;

-- name: list_mailboxes
SELECT id, provider, address, kind, owner_id, state, mode, enabled_at, last_pass_at, next_pass_at, last_failure,
       show_shared, sent_items, on_untrack, object_id
  FROM sync.mailbox ORDER BY address, provider;

-- name: set_mailbox_state
-- The lease's due time follows: enabled is due now, stopped again at the given time or in a day,
-- others never. A failure does not stop what a person disabled meanwhile. It is enabled since the first
-- time: what arrives while it is disabled for a while is new when it is enabled again.
WITH changed AS (
    UPDATE sync.mailbox
       SET state = $2::text,
           enabled_at = CASE WHEN $2::text = 'enabled' THEN coalesce(enabled_at, (SELECT sync.now()))
                             ELSE enabled_at END,
           last_failure = $3::text
     WHERE id = $1::bigint AND ($2::text <> 'stopped' OR state IN ('enabled', 'stopped'))
    RETURNING id
)
UPDATE sync.lease AS l
   SET due_at = CASE $2::text
           WHEN 'enabled' THEN (SELECT sync.now())
           WHEN 'stopped' THEN coalesce($4::timestamptz, (SELECT sync.now()) + interval '1 day')
           ELSE 'infinity' END
  FROM changed WHERE l.mailbox_id = changed.id;

-- name: choose_for_mailbox
-- One word of the mailbox's own, or none any more. Compared as text: a branch that is not taken may
-- be evaluated while the statement is planned.
UPDATE sync.mailbox
   SET mode = CASE WHEN $2::text = 'mode' THEN $3::text ELSE mode END,
       show_shared = CASE WHEN $2::text = 'show_shared' THEN $3::text = 'true' ELSE show_shared END,
       sent_items = CASE WHEN $2::text = 'sent_items' THEN $3::text = 'true' ELSE sent_items END,
       on_untrack = CASE WHEN $2::text = 'on_untrack' THEN $3::text ELSE on_untrack END
 WHERE id = $1::bigint
RETURNING id, provider, address, kind, owner_id, state, mode, enabled_at, last_pass_at, next_pass_at, last_failure,
       show_shared, sent_items, on_untrack, object_id;

-- name: learn_object_id
-- Unless another mailbox of the provider has it: then there are two addresses of one mailbox.
UPDATE sync.mailbox AS m SET object_id = $2::text
 WHERE m.id = $1::bigint
   AND NOT EXISTS (SELECT FROM sync.mailbox AS o
                    WHERE o.provider = m.provider AND o.object_id = $2::text AND o.id <> m.id);

-- name: mailbox_of_object
SELECT address FROM sync.mailbox
 WHERE object_id = $2::text AND provider = (SELECT provider FROM sync.mailbox WHERE id = $1::bigint);

-- name: rename_mailbox
-- Unless another mailbox of the provider has the address. The folder tree's cursor may name the old
-- one. A user who was known by the old address is known by the new one, too.
WITH renamed AS (
    UPDATE sync.mailbox AS m SET address = $2::text, tree_cursor = ''
      FROM (SELECT id, address FROM sync.mailbox WHERE id = $1::bigint FOR NO KEY UPDATE) AS before
     WHERE m.id = before.id
       AND NOT EXISTS (SELECT FROM sync.mailbox AS o
                        WHERE o.provider = m.provider AND o.address = $2::text AND o.id <> m.id)
    RETURNING m.owner_id, before.address AS old_address
), known AS (
    INSERT INTO store.record_address (address, kind, record_id)
    SELECT $2::text, 'email', a.record_id
      FROM renamed AS n JOIN store.record_address AS a ON a.record_id = n.owner_id
     WHERE a.kind = 'email' AND a.address = n.old_address
        ON CONFLICT (address, kind, record_id) DO NOTHING
)
SELECT old_address FROM renamed;

-- name: record_passes
-- Many mailboxes in one statement, in the order of ids. A pass that went well starts a stopped
-- mailbox again.
WITH passes AS (
    SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::text[])
           AS p (mailbox_id, last_pass_at, next_pass_at, last_failure)
), locked AS MATERIALIZED (
    SELECT m.id FROM sync.mailbox AS m JOIN passes AS p ON p.mailbox_id = m.id ORDER BY m.id
       FOR NO KEY UPDATE OF m
)
UPDATE sync.mailbox AS m
   SET last_pass_at = coalesce(p.last_pass_at, m.last_pass_at), next_pass_at = p.next_pass_at,
       last_failure = p.last_failure,
       state = CASE WHEN m.state = 'stopped' AND p.last_failure IS NULL AND p.last_pass_at IS NOT NULL
                    THEN 'enabled' ELSE m.state END
  FROM passes AS p JOIN locked ON locked.id = p.mailbox_id
 WHERE m.id = p.mailbox_id;

-- name: lock_lease
-- Waits for a page of the mailbox that is being committed, and keeps a further one out.
SELECT mailbox_id FROM sync.lease WHERE mailbox_id = $1::bigint FOR UPDATE;

-- name: take_lease_away
-- Waits for a page that is being committed; a further one finds the lease lost.
UPDATE sync.lease SET holder = NULL WHERE mailbox_id = $1::bigint;

-- name: remove_mailbox
-- Everything that is only about this mailbox. Activities and their owners stay.
WITH links AS (DELETE FROM sync.link WHERE mailbox_id = $1::bigint RETURNING 1),
     folders AS (DELETE FROM sync.folder WHERE mailbox_id = $1::bigint),
     decisions AS (DELETE FROM sync.decision WHERE mailbox_id = $1::bigint RETURNING item_hmac, parent_hmacs),
     parents AS (
         DELETE FROM sync.decision_parent AS p
          USING decisions AS d CROSS JOIN LATERAL unnest(d.parent_hmacs) AS h (hmac)
          WHERE p.message_hmac = h.hmac AND p.mailbox_id = $1::bigint AND p.item_hmac = d.item_hmac),
     pins AS (DELETE FROM sync.pin WHERE mailbox_id = $1::bigint),
     owed AS (DELETE FROM sync.write_back WHERE mailbox_id = $1::bigint RETURNING state),
     staged AS (DELETE FROM sync.untrack_stage WHERE mailbox_id = $1::bigint),
     corrections AS (DELETE FROM sync.correction WHERE mailbox_id = $1::bigint),
     released AS (DELETE FROM sync.released WHERE mailbox_id = $1::bigint),
     parked AS (DELETE FROM sync.parked WHERE mailbox_id = $1::bigint),
     revisits AS (DELETE FROM sync.revisit WHERE mailbox_id = $1::bigint),
     intents AS (DELETE FROM sync.intent WHERE mailbox_id = $1::bigint),
     stops AS (DELETE FROM sync.stop WHERE mailbox_id = $1::bigint),
     stop_keys AS (DELETE FROM sync.stop_key WHERE mailbox_id = $1::bigint),
     read_labels AS (DELETE FROM sync.read_label WHERE mailbox_id = $1::bigint),
     labels AS (DELETE FROM sync.published_label WHERE mailbox_id = $1::bigint),
     leases AS (DELETE FROM sync.lease WHERE mailbox_id = $1::bigint),
     mailboxes AS (DELETE FROM sync.mailbox WHERE id = $1::bigint)
SELECT (SELECT count(*) FROM links), (SELECT count(*) FROM decisions),
       (SELECT count(*) FROM owed WHERE state IN ('waiting', 'sent', 'conflict'));

-- name: remember_own_categories
INSERT INTO sync.own_category AS o (name, meaning, retired_at)
SELECT name, meaning, NULL FROM unnest($1::text[], $2::text[]) AS c (name, meaning)
 ORDER BY name COLLATE "C"
    ON CONFLICT (name) DO UPDATE SET meaning = excluded.meaning, retired_at = NULL
 WHERE (o.meaning, o.retired_at) IS DISTINCT FROM (excluded.meaning, excluded.retired_at);

-- name: retire_own_categories
-- Names of these meanings that the settings do not use any more.
UPDATE sync.own_category SET retired_at = (SELECT sync.now())
 WHERE meaning = ANY ($2::text[]) AND name <> ALL ($1::text[]) AND retired_at IS NULL;

-- name: own_categories
SELECT name, meaning, retired_at IS NOT NULL FROM sync.own_category ORDER BY meaning, retired_at DESC NULLS FIRST, name;
