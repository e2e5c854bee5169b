-- The guard against mass untracking: holding back, undoing what was released within the hour, and
-- what a person decides about it.

-- name: lock_undone_activities
-- In the order of ids, as a page does: afterwards nobody else revives or buries them.
SELECT a.id FROM store.activity AS a
 WHERE a.id IN (SELECT r.activity_id FROM sync.released AS r
                 WHERE r.mailbox_id = $1::bigint AND r.released_at > sync.now() - interval '1 hour')
 ORDER BY a.id FOR NO KEY UPDATE OF a;

-- name: releases_to_undo
-- Of the last hour, where no new tag has undone them, nor the purge made it impossible; with the
-- copies that went along.
WITH recent AS MATERIALIZED (
    SELECT r.item_id, r.activity_id, r.item_hmac, r.message_hmac,
           EXISTS (SELECT FROM sync.pin AS p
                    WHERE p.mailbox_id = $1::bigint AND p.kind = 'untrack_item'
                      AND p.message_hmac = r.item_hmac) AS pinned
      FROM sync.released AS r
     WHERE r.mailbox_id = $1::bigint AND r.released_at > sync.now() - interval '1 hour'
       AND EXISTS (SELECT FROM store.activity AS a WHERE a.id = r.activity_id)
)
SELECT r.item_id, r.activity_id, r.item_hmac, r.message_hmac
  FROM recent AS r
 WHERE r.pinned
    OR r.item_hmac IS NULL AND EXISTS (SELECT FROM recent AS o WHERE o.activity_id = r.activity_id AND o.pinned)
 ORDER BY r.item_id;

-- name: revive_released
-- What the release buried, or gave to somebody else: as it was, unless a better claim came since.
-- An owner who has a successor by now is that one.
UPDATE store.activity AS a
   SET deleted_at = NULL, purge_after = NULL, updated_at = (SELECT sync.now()),
       owner_id = CASE WHEN r.better
                       THEN coalesce((SELECT o.successor_id FROM store.record AS o WHERE o.id = r.owner_id), r.owner_id)
                       ELSE a.owner_id END,
       owned_by_person = CASE WHEN r.better THEN r.owned_by_person ELSE a.owned_by_person END,
       owned_at = CASE WHEN r.better THEN r.owned_at ELSE a.owned_at END,
       owner_address = CASE WHEN r.better THEN r.owner_address ELSE a.owner_address END
  FROM (SELECT DISTINCT ON (k.activity_id) k.*,
               k.owned_by_person AND NOT n.owned_by_person
               OR k.owned_by_person = n.owned_by_person
                  AND (k.owned_at, k.owner_address) < (n.owned_at, n.owner_address) AS better
          FROM sync.released AS k JOIN store.activity AS n ON n.id = k.activity_id
         WHERE k.mailbox_id = $1::bigint AND k.item_id = ANY ($2::text[])
           AND k.became IN ('owner_passed', 'tombstoned')
         ORDER BY k.activity_id, k.released_at DESC) AS r
 WHERE a.id = r.activity_id;

-- name: restore_links
-- As they were. One that is there again is newer.
WITH restored AS (
    INSERT INTO sync.link
    SELECT (jsonb_populate_record(NULL::sync.link, r.link)).*
      FROM sync.released AS r
     WHERE r.mailbox_id = $1::bigint AND r.item_id = ANY ($2::text[])
     ORDER BY r.item_id
        ON CONFLICT (mailbox_id, item_id) DO NOTHING
    RETURNING 1
)
UPDATE sync.mailbox SET link_count = link_count + (SELECT count(*) FROM restored)
 WHERE id = $1::bigint AND EXISTS (SELECT FROM restored);

-- name: hold_untracks
INSERT INTO sync.untrack_stage AS s (mailbox_id, item_id, seen_at, held, held_at, held_by, item_hmac)
SELECT $1::bigint, h.item_id, (SELECT sync.now()), true, (SELECT sync.now()), $4::text, h.item_hmac
  FROM unnest($2::text[], $3::bytea[]) AS h (item_id, item_hmac)
 ORDER BY h.item_id COLLATE "C"
    ON CONFLICT (mailbox_id, item_id) DO UPDATE
   SET held = true, held_at = excluded.held_at, held_by = excluded.held_by, item_hmac = excluded.item_hmac,
       wanted = NULL;

-- name: decide_held
UPDATE sync.decision
   SET outcome = 'held', rule = $3::text, evidence = '[]', decided_at = (SELECT sync.now())
 WHERE mailbox_id = $1::bigint AND item_hmac = ANY ($2::bytea[]);

-- name: forget_released
DELETE FROM sync.released WHERE mailbox_id = $1::bigint AND item_id = ANY ($2::text[]);

-- name: owe_put_backs
-- Other mailboxes' copies of what is alive again, which we took our category off, or were about to.
-- Where their own user has taken it off, nothing.
INSERT INTO sync.write_back AS w (mailbox_id, item_id, desired, categories, version, state)
SELECT l.mailbox_id, l.item_id,
       jsonb_build_object('state', CASE l.category_seen WHEN 'review' THEN 'review' ELSE 'tracked' END,
                          'take_off', '[]'::jsonb, 'restore', true),
       NULL, l.version, 'waiting'
  FROM sync.link AS l
  JOIN sync.write_back AS o ON o.mailbox_id = l.mailbox_id AND o.item_id = l.item_id AND o.kind = 'categories'
 WHERE l.activity_id = ANY ($2::uuid[]) AND l.mailbox_id <> $1::bigint AND NOT l.gone
   AND o.desired ->> 'state' = 'none'
   AND NOT EXISTS (SELECT FROM sync.untrack_stage AS s
                    WHERE s.mailbox_id = l.mailbox_id AND s.item_id = l.item_id)
 ORDER BY l.mailbox_id, l.item_id
    ON CONFLICT (mailbox_id, item_id, kind) DO UPDATE
   SET desired = excluded.desired, categories = NULL, version = excluded.version,
       generation = w.generation + 1, state = 'waiting', attempts = 0,
       next_attempt_at = excluded.next_attempt_at, last_failure = NULL
RETURNING w.mailbox_id;

-- name: reject_untracks
-- What is tracked still gets its categories back. Read before they are written: others may have
-- been set.
WITH rejected AS (
    SELECT l.item_id, l.category_seen, l.regarding_category, l.version
      FROM sync.untrack_stage AS s
      JOIN sync.link AS l ON l.mailbox_id = s.mailbox_id AND l.item_id = s.item_id AND NOT l.gone
      JOIN store.activity AS a ON a.id = l.activity_id AND a.deleted_at IS NULL
     WHERE s.mailbox_id = $1::bigint AND s.item_id = ANY ($2::text[])
)
INSERT INTO sync.write_back AS w (mailbox_id, item_id, desired, categories, version, state)
SELECT $1::bigint, r.item_id,
       jsonb_strip_nulls(jsonb_build_object(
           'state', CASE r.category_seen WHEN 'review' THEN 'review' ELSE 'tracked' END,
           'regarding', r.regarding_category, 'take_off', '[]'::jsonb, 'restore', true)),
       NULL, r.version, 'waiting'
  FROM rejected AS r ORDER BY r.item_id
    ON CONFLICT (mailbox_id, item_id, kind) DO UPDATE
   SET desired = excluded.desired, categories = NULL, version = excluded.version,
       generation = w.generation + 1, state = 'waiting', attempts = 0,
       next_attempt_at = excluded.next_attempt_at, last_failure = NULL;

-- name: purge_released
-- The guard looks back for an hour.
DELETE FROM sync.released WHERE released_at < sync.now() - interval '1 hour';

-- name: held_untracks
SELECT m.address, m.provider, count(*), min(s.held_at), bool_or(s.held_by = 'guard_category')
  FROM sync.untrack_stage AS s JOIN sync.mailbox AS m ON m.id = s.mailbox_id
 WHERE s.held AND s.wanted IS NULL
 GROUP BY m.id ORDER BY m.address, m.provider;

-- name: want_held
-- What a person decided; the mailbox's next turn does it.
WITH wanted AS (
    UPDATE sync.untrack_stage SET wanted = $2::text
     WHERE mailbox_id = $1::bigint AND held AND wanted IS NULL RETURNING 1
)
SELECT count(*) FROM wanted;

-- name: note_category_list
-- Ours are in the mailbox's list, now that what was missing has been added.
UPDATE sync.mailbox
   SET categories_at = coalesce(categories_at, (SELECT sync.now())),
       category_gone_at = CASE WHEN $2::boolean AND categories_at IS NOT NULL THEN (SELECT sync.now())
                               ELSE category_gone_at END
 WHERE id = $1::bigint AND (categories_at IS NULL OR $2::boolean);
