-- What a user owns is passed on when the user goes.

CREATE INDEX record_owner ON store.record (owner_id) WHERE owner_id IS NOT NULL;
