-- What is known of items before they are decided.

-- name: known_items
-- One row for each item asked for. LATERAL keeps it at one index look-up each, whatever the planner
-- thinks of the array's length, or of tables that were small when it was asked.
SELECT q.item_id,
       l.activity_id, l.folder_id, l.version, l.category_seen, l.tracked_by, l.gone,
       a.deleted_at IS NOT NULL, a.regarding_id, l.regarding_category,
       d.outcome, d.input_hmac,
       coalesce(p.pinned, false), coalesce(s.staged, false),
       k.attempts,
       w.owed::text, k.came_tagged, coalesce(d.rule = 'orphan_category', false),
       s.held_by, coalesce(t.pending, false), coalesce(c.times, 0),
       i.tagged, i.labels,
       CASE WHEN NOT w.done THEN w.categories END,
       coalesce(o.says, false),
       (SELECT EXISTS (SELECT FROM sync.stop WHERE mailbox_id = $1::bigint)
            OR EXISTS (SELECT FROM sync.stop WHERE everywhere)),
       r.label_hmacs, coalesce(p.itself, false),
       a.owner_id, a.owned_at, a.owner_address
  FROM unnest($2::text[], $3::bytea[], $4::bytea[], $5::timestamptz[])
       AS q (item_id, item_hmac, message_hmac, happened_at)
  LEFT JOIN LATERAL (SELECT * FROM sync.link AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = q.item_id OFFSET 0) AS l ON true
  LEFT JOIN LATERAL (SELECT n.deleted_at, n.regarding_id,
                            CASE WHEN n.owned_by_person THEN n.owner_id END AS owner_id, n.owned_at, n.owner_address
                       FROM store.activity AS n
                      WHERE n.id = l.activity_id OFFSET 0) AS a ON true
  LEFT JOIN LATERAL (SELECT true AS pending FROM store.attachment AS n
                      WHERE n.activity_id = l.activity_id AND n.status = 'pending' LIMIT 1) AS t ON true
  LEFT JOIN LATERAL (SELECT n.outcome, n.rule, n.input_hmac FROM sync.decision AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_hmac = q.item_hmac OFFSET 0) AS d ON true
  LEFT JOIN LATERAL (SELECT n.attempts, n.came_tagged FROM sync.parked AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = q.item_id OFFSET 0) AS k ON true
  LEFT JOIN LATERAL (SELECT CASE WHEN n.state NOT IN ('done', 'given_up') THEN n.desired END AS owed,
                            n.categories, n.state = 'done' AS done
                       FROM sync.write_back AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = q.item_id AND n.kind = 'categories'
                     OFFSET 0) AS w ON true
  LEFT JOIN LATERAL (SELECT n.times FROM sync.correction AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_hmac = q.item_hmac
                        AND n.began_at > sync.now() - interval '1 day' OFFSET 0) AS c ON true
  LEFT JOIN LATERAL (SELECT true AS pinned, n.kind = 'untrack_item' AS itself FROM sync.pin AS n
                      WHERE n.mailbox_id = $1::bigint AND n.message_hmac IN (q.item_hmac, q.message_hmac)
                        AND (n.kind = 'untrack_item' OR q.happened_at IS NULL
                             OR q.happened_at < n.at + interval '1 day')
                      ORDER BY n.kind = 'untrack_item' DESC LIMIT 1) AS p ON true
  LEFT JOIN LATERAL (SELECT true AS staged, n.held_by FROM sync.untrack_stage AS n
                      WHERE n.mailbox_id = $1::bigint AND n.item_id = q.item_id OFFSET 0) AS s ON true
  LEFT JOIN LATERAL (SELECT true AS says FROM sync.stop AS n
                      WHERE (SELECT EXISTS (SELECT FROM sync.stop WHERE mailbox_id = $1::bigint))
                        AND n.mailbox_id = $1::bigint AND n.item_hmac = q.item_hmac OFFSET 0) AS o ON true
  LEFT JOIN LATERAL (SELECT n.label_hmacs FROM sync.read_label AS n
                      WHERE (SELECT EXISTS (SELECT FROM sync.read_label WHERE mailbox_id = $1::bigint))
                        AND n.mailbox_id = $1::bigint AND n.item_hmac = q.item_hmac OFFSET 0) AS r ON true
  -- Of the item itself, else of the draft with its Message-ID. Hardly any mailbox has one: that is asked
  -- once, not for each item.
  LEFT JOIN LATERAL (
      SELECT f.tagged, f.labels FROM (
          (SELECT 1 AS rank, n.tagged, n.labels FROM sync.intent AS n
            WHERE (SELECT EXISTS (SELECT FROM sync.intent WHERE mailbox_id = $1::bigint))
              AND n.mailbox_id = $1::bigint AND n.item_id = q.item_id OFFSET 0)
          UNION ALL
          (SELECT 2, n.tagged, n.labels FROM sync.intent AS n
            WHERE (SELECT EXISTS (SELECT FROM sync.intent WHERE mailbox_id = $1::bigint))
              AND n.mailbox_id = $1::bigint AND n.message_hmac = q.message_hmac
            ORDER BY n.item_id LIMIT 1)) AS f
       ORDER BY f.rank LIMIT 1) AS i ON true;

-- name: links_here
-- How this mailbox itself holds stored messages: of several copies the strongest word.
SELECT n.activity_id, l.tracked_by
  FROM unnest($2::uuid[]) AS n (activity_id)
 CROSS JOIN LATERAL (
     SELECT k.tracked_by FROM sync.link AS k
      WHERE k.activity_id = n.activity_id AND k.mailbox_id = $1::bigint
      ORDER BY array_position('{user,rule,shared}'::text[], k.tracked_by) LIMIT 1) AS l;
