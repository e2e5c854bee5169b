-- What a first load of many messages pays for each of them, made less.

-- Parties are written only beside their activity, which the page made itself or holds a lock on, and
-- purged with it: checking that again for each row took a tenth of the database's time.
ALTER TABLE store.activity_party DROP CONSTRAINT activity_party_activity_id_fkey;

-- With the mailbox first it would tie with the primary key while the tables are small, and a session
-- that settled for it then would read all decisions of a mailbox for each item.
DROP INDEX sync.decision_thread;
CREATE INDEX decision_thread ON sync.decision (thread_hmac, mailbox_id);

-- What is purged by age is what is not tracked: those that are would be read again at every purge.
DROP INDEX sync.decision_age;
CREATE INDEX decision_age ON sync.decision (decided_at) WHERE outcome <> 'tracked';

-- A link is written twice in its first minute, when it is made and when its category is answered:
-- with room in its page the second time leaves its indexes alone.
ALTER TABLE sync.link SET (fillfactor = 70);

COMMENT ON COLUMN sync.write_back.state IS
    'sent: no answer was heard, so it may have been written; due again like waiting and conflict.';
