-- A mailbox whose categories are taken off before it is removed.

-- name: mailbox_is_held
-- By a daemon that lives: it may still be writing.
SELECT EXISTS (SELECT FROM sync.lease AS l JOIN sync.daemon AS d ON d.id = l.holder
                WHERE l.mailbox_id = $1::bigint AND d.expires_at > sync.now());

-- name: linked_items_after
-- In the order of their ids, those behind the given one.
SELECT item_id FROM sync.link
 WHERE mailbox_id = $1::bigint AND item_id > $2::text AND NOT gone
 ORDER BY item_id LIMIT $3::bigint;

-- name: expect_no_categories
-- Before ours are taken off: should the mailbox be enabled again instead of removed, nobody takes
-- their absence for a person's word. Nothing where it was enabled meanwhile.
UPDATE sync.link AS l SET category_seen = 'none', regarding_category = NULL
  FROM (SELECT id FROM sync.mailbox WHERE id = $1::bigint AND state = 'disabled' FOR SHARE) AS m
 CROSS JOIN LATERAL unnest($2::text[]) AS u (item_id)
 CROSS JOIN LATERAL (SELECT n.ctid FROM sync.link AS n
                      WHERE n.mailbox_id = m.id AND n.item_id = u.item_id OFFSET 0) AS at
 WHERE l.ctid = at.ctid;
