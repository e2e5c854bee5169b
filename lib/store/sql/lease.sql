-- sync.daemon and sync.lease: who may commit which mailbox.

-- name: register_daemon
INSERT INTO sync.daemon (id, expires_at, address)
VALUES ($1::uuid, sync.now() + make_interval(secs => $3::bigint), $2::text)
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, address = excluded.address;

-- name: forget_dead_daemons
-- Long gone ones only: a lease whose holder has no row is free all the same.
DELETE FROM sync.daemon WHERE expires_at < sync.now() - interval '1 day';

-- name: renew_daemon
UPDATE sync.daemon SET expires_at = sync.now() + make_interval(secs => $2::bigint) WHERE id = $1::uuid;

-- name: release_leases
-- Due at once, so that a successor does not wait.
UPDATE sync.lease SET holder = NULL WHERE holder = $1::uuid;

-- name: forget_daemon
DELETE FROM sync.daemon WHERE id = $1::uuid;

-- name: claim_due_mailboxes
-- Takes due mailboxes whose daemon is gone. A new epoch shuts out the previous holder for good.
-- MATERIALIZED keeps the planner from running the sub-select, and with it the limit, more than once.
WITH due AS MATERIALIZED (
    SELECT l.mailbox_id
      FROM sync.lease AS l
      JOIN sync.mailbox AS m ON m.id = l.mailbox_id AND m.state IN ('enabled', 'stopped')
      LEFT JOIN sync.daemon AS d ON d.id = l.holder AND d.expires_at > sync.now()
     WHERE d.id IS NULL AND l.due_at <= sync.now()
     ORDER BY l.due_at LIMIT $2::bigint
       FOR UPDATE OF l SKIP LOCKED)
UPDATE sync.lease AS l SET holder = $1::uuid, epoch = l.epoch + 1
  FROM due WHERE l.mailbox_id = due.mailbox_id
RETURNING l.mailbox_id, l.epoch;

-- name: unclaimed_mailboxes
-- Due and nobody's: as claim_due_mailboxes finds them.
SELECT count(*) FROM sync.lease AS l
  JOIN sync.mailbox AS m ON m.id = l.mailbox_id AND m.state IN ('enabled', 'stopped')
  LEFT JOIN sync.daemon AS d ON d.id = l.holder AND d.expires_at > sync.now()
 WHERE d.id IS NULL AND l.due_at <= sync.now();

-- name: give_back_lease
-- A mailbox that was disabled meanwhile stays undue.
UPDATE sync.lease AS l
   SET holder = NULL, due_at = CASE WHEN m.state IN ('enabled', 'stopped')
                                    THEN greatest($4::timestamptz, CASE WHEN m.state = 'stopped' THEN l.due_at END)
                                    ELSE 'infinity' END
  FROM sync.mailbox AS m
 WHERE l.mailbox_id = $1::bigint AND l.holder = $2::uuid AND l.epoch = $3::bigint AND m.id = l.mailbox_id;

-- name: wake_mailboxes
-- Due now where they may be worked on at all.
UPDATE sync.lease AS l SET due_at = least(l.due_at, sync.now())
  FROM sync.mailbox AS m
 WHERE m.id = l.mailbox_id AND m.state IN ('enabled', 'stopped') AND l.mailbox_id = ANY ($1::bigint[])
   AND l.due_at > sync.now();

-- name: notify_mailboxes
-- Outside every page transaction: commits that notify queue behind one another.
SELECT pg_notify('mailbox_due', id::text) FROM sync.mailbox WHERE id = ANY ($1::bigint[]);

-- name: notify_all
SELECT pg_notify('mailbox_due', '');

-- name: held_leases
SELECT mailbox_id, epoch FROM sync.lease WHERE holder = $1::uuid ORDER BY mailbox_id;

-- name: leases_to_let_go
-- Of those a daemon works on: disabled, removed, or claimed by another.
SELECT w.mailbox_id FROM unnest($2::bigint[], $3::bigint[]) AS w (mailbox_id, epoch)
 WHERE NOT EXISTS (
     SELECT FROM sync.lease AS l JOIN sync.mailbox AS m ON m.id = l.mailbox_id
      WHERE l.mailbox_id = w.mailbox_id AND l.holder = $1::uuid AND l.epoch = w.epoch
        AND m.state IN ('enabled', 'stopped'));
