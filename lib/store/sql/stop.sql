-- sync.stop: threads of which no rule tracks anything.

-- name: insert_stops
-- Items that carry CRM Stop ($2) and what their threads are told by. In every mailbox where the
-- mailbox's owner owns the latest activity of the thread: of the messages it names ($5, $6), of those
-- that answer the same ones, and of its conversation here ($7).
WITH stopped AS (
    SELECT item_hmac, conversation FROM unnest($2::bytea[], $7::bytea[]) AS n (item_hmac, conversation)
), thread AS (
    SELECT n.item_hmac, i.activity_id
      FROM unnest($5::bytea[], $6::bytea[]) AS n (item_hmac, identity_key)
     CROSS JOIN LATERAL (SELECT k.activity_id FROM store.activity_identity AS k
                          WHERE k.key = n.identity_key OFFSET 0) AS i
    UNION
    SELECT n.item_hmac, l.activity_id
      FROM unnest($3::bytea[], $4::bytea[]) AS n (item_hmac, key_hmac)
     CROSS JOIN LATERAL (SELECT p.mailbox_id, p.item_hmac FROM sync.decision_parent AS p
                          WHERE p.message_hmac = n.key_hmac OFFSET 0) AS c
     CROSS JOIN LATERAL (SELECT k.item_id FROM sync.decision AS k
                          WHERE k.mailbox_id = c.mailbox_id AND k.item_hmac = c.item_hmac
                            AND k.outcome = 'tracked' OFFSET 0) AS d
     CROSS JOIN LATERAL (SELECT k.activity_id FROM sync.link AS k
                          WHERE k.mailbox_id = c.mailbox_id AND k.item_id = d.item_id OFFSET 0) AS l
    UNION
    SELECT n.item_hmac, l.activity_id
      FROM stopped AS n
     CROSS JOIN LATERAL (SELECT k.item_id FROM sync.decision AS k
                          WHERE k.mailbox_id = $1::bigint AND k.thread_hmac = n.conversation
                            AND k.outcome = 'tracked' OFFSET 0) AS d
     CROSS JOIN LATERAL (SELECT k.activity_id FROM sync.link AS k
                          WHERE k.mailbox_id = $1::bigint AND k.item_id = d.item_id OFFSET 0) AS l
), latest AS (
    SELECT DISTINCT ON (t.item_hmac) t.item_hmac, a.owner_id
      FROM thread AS t
     CROSS JOIN LATERAL (SELECT k.owner_id, k.occurred_at, k.id FROM store.activity AS k
                          WHERE k.id = t.activity_id AND k.deleted_at IS NULL OFFSET 0) AS a
     ORDER BY t.item_hmac, a.occurred_at DESC, a.id
)
INSERT INTO sync.stop (mailbox_id, item_hmac, everywhere)
SELECT $1::bigint, n.item_hmac, coalesce(l.owner_id = m.owner_id, false)
  FROM stopped AS n JOIN sync.mailbox AS m ON m.id = $1::bigint
  LEFT JOIN latest AS l ON l.item_hmac = n.item_hmac
 ORDER BY n.item_hmac
    ON CONFLICT (mailbox_id, item_hmac) DO NOTHING;

-- name: insert_stop_keys
INSERT INTO sync.stop_key (key_hmac, mailbox_id, item_hmac, everywhere)
SELECT n.key_hmac, $1::bigint, n.item_hmac, s.everywhere
  FROM unnest($2::bytea[], $3::bytea[]) AS n (item_hmac, key_hmac)
 CROSS JOIN LATERAL (SELECT k.everywhere FROM sync.stop AS k
                      WHERE k.mailbox_id = $1::bigint AND k.item_hmac = n.item_hmac OFFSET 0) AS s
 ORDER BY n.key_hmac, n.item_hmac
    ON CONFLICT (key_hmac, mailbox_id, item_hmac) DO NOTHING;

-- name: end_stops
WITH ended AS (
    DELETE FROM sync.stop WHERE mailbox_id = $1::bigint AND item_hmac = ANY ($2::bytea[])
)
DELETE FROM sync.stop_key WHERE mailbox_id = $1::bigint AND item_hmac = ANY ($2::bytea[]);

-- name: stopped_items
-- Which of these are of a thread that another item stops, here or everywhere. Those of $5 do not stop
-- it any more.
SELECT DISTINCT q.place
  FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) AS q (place, item_hmac, key_hmac)
 CROSS JOIN LATERAL (
     SELECT FROM sync.stop_key AS k
      WHERE k.key_hmac = q.key_hmac AND (k.mailbox_id = $1::bigint OR k.everywhere)
        AND NOT (k.mailbox_id = $1::bigint AND (k.item_hmac = q.item_hmac OR k.item_hmac = ANY ($5::bytea[])))
      LIMIT 1) AS s
 ORDER BY q.place;
