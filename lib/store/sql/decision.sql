-- sync.decision: why an item was or was not tracked. A page writes them (page.sql).

-- name: decisions_of_message
SELECT d.item_id, d.decided_at, d.outcome, d.rule, d.evidence::text, d.policy_version,
       l.activity_id, l.tracked_by,
       EXISTS (SELECT FROM sync.pin AS p WHERE p.mailbox_id = d.mailbox_id AND p.message_hmac = $2::bytea),
       k.reason
  FROM sync.decision AS d
  LEFT JOIN sync.link AS l ON l.mailbox_id = d.mailbox_id AND l.item_id = d.item_id
  LEFT JOIN sync.parked AS k
    ON k.mailbox_id = d.mailbox_id AND k.item_id = d.item_id AND d.outcome = 'failed'
 WHERE d.message_id_hmac = $2::bytea AND d.mailbox_id = $1::bigint
 ORDER BY d.decided_at DESC;

-- name: purge_corrections
DELETE FROM sync.correction WHERE began_at < sync.now() - interval '1 day';

-- name: purge_decisions
-- Old ones that stand for no link, and what they say about parents. Tracked ones stay as long as their
-- activity; purge_links makes others of them. Orphans stay: without its row, the next change of such
-- an item would be a wish, and have its body read. All they hold is HMACs.
WITH old AS MATERIALIZED (
    SELECT d.mailbox_id, d.item_hmac FROM sync.decision AS d
     WHERE d.outcome <> 'tracked' AND d.rule <> 'orphan_category' AND d.decided_at < sync.now() - make_interval(days => $1::bigint::integer)
       AND NOT EXISTS (SELECT FROM sync.link AS l WHERE l.mailbox_id = d.mailbox_id AND l.item_id = d.item_id)
     LIMIT $2::bigint FOR UPDATE SKIP LOCKED
), purged AS (
    DELETE FROM sync.decision AS d USING old
     WHERE d.mailbox_id = old.mailbox_id AND d.item_hmac = old.item_hmac
    RETURNING d.mailbox_id, d.item_hmac, d.parent_hmacs
), parents AS (
    DELETE FROM sync.decision_parent AS p
     USING purged AS d CROSS JOIN LATERAL unnest(d.parent_hmacs) AS h (hmac)
     WHERE p.message_hmac = h.hmac AND p.mailbox_id = d.mailbox_id AND p.item_hmac = d.item_hmac
)
SELECT count(*) FROM purged;
