-- sync.event: the sync log.

-- name: insert_events
-- Part of a page's transaction, or alone. No mailbox: something of the service as a whole.
INSERT INTO sync.event (at, level, name, mailbox_id, detail)
SELECT (SELECT sync.now()), level, name, $1::bigint, detail
  FROM unnest($2::text[], $3::text[], $4::jsonb[]) AS e (level, name, detail);

-- name: read_events
-- The newest that pass the filter, the oldest of them first.
SELECT id, at, level, name, mailbox_id, address, detail FROM (
    SELECT e.id, e.at, e.level, e.name, e.mailbox_id, m.address, e.detail
      FROM sync.event AS e LEFT JOIN sync.mailbox AS m ON m.id = e.mailbox_id
     WHERE e.at >= coalesce($1::timestamptz, '-infinity') AND e.at < coalesce($2::timestamptz, 'infinity')
       AND ($3::text IS NULL OR e.name = $3::text)
     ORDER BY e.at DESC, e.id DESC LIMIT $4::bigint) AS newest
 ORDER BY at, id;

-- name: read_mailbox_events
-- The same of one mailbox. A statement of its own: a plan made without the values could not go by
-- the mailbox where it may be empty.
SELECT id, at, level, name, mailbox_id, address, detail FROM (
    SELECT e.id, e.at, e.level, e.name, e.mailbox_id, m.address, e.detail
      FROM sync.event AS e LEFT JOIN sync.mailbox AS m ON m.id = e.mailbox_id
     WHERE e.mailbox_id = $1::bigint
       AND e.at >= coalesce($2::timestamptz, '-infinity') AND e.at < coalesce($3::timestamptz, 'infinity')
       AND ($4::text IS NULL OR e.name = $4::text)
     ORDER BY e.at DESC, e.id DESC LIMIT $5::bigint) AS newest
 ORDER BY at, id;

-- name: follow_events
-- From a moment on, oldest first; what is at the limit comes with the next call.
SELECT e.id, e.at, e.level, e.name, e.mailbox_id, m.address, e.detail
  FROM sync.event AS e LEFT JOIN sync.mailbox AS m ON m.id = e.mailbox_id
 WHERE ($1::bigint IS NULL OR e.mailbox_id = $1::bigint)
   AND e.at >= $2::timestamptz AND ($3::text IS NULL OR e.name = $3::text)
   AND NOT EXISTS (SELECT FROM unnest($5::bigint[]) AS s (id) WHERE s.id = e.id)
 ORDER BY e.at, e.id LIMIT $4::bigint;

-- name: time_now
SELECT sync.now();

-- name: ensure_event_partitions
SELECT sync.ensure_event_partitions($1::bigint::integer);

-- name: drop_event_partitions
SELECT sync.drop_event_partitions($1::bigint::integer);
