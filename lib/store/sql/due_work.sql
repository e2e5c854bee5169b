-- What waits for a mailbox's holder, besides news.

-- name: due_work
-- At each turn, most of the time in vain: therefore one statement for all. Whether anything is due, in
-- how many microseconds the next of it is, and whether categories are owed.
SELECT coalesce(n.next <= sync.now(), false) OR EXISTS (SELECT FROM sync.untrack_stage WHERE mailbox_id = $1::bigint),
       (extract(epoch FROM n.next - sync.now()) * 1000000)::bigint, n.owed IS NOT NULL
  FROM (SELECT w.owed, least(w.owed, (SELECT min(next_attempt_at) FROM sync.parked WHERE mailbox_id = $1::bigint),
                             (SELECT min(due_at) FROM sync.revisit WHERE mailbox_id = $1::bigint)) AS next
          FROM (SELECT min(next_attempt_at) AS owed FROM sync.write_back
                 WHERE mailbox_id = $1::bigint AND state IN ('waiting', 'sent', 'conflict')) AS w) AS n;
