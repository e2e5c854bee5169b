-- The sync log: one partition a day, kept by dropping old ones.

CREATE SEQUENCE sync.event_id;

CREATE TABLE sync.event (
    at timestamptz NOT NULL DEFAULT sync.now(),
    id bigint NOT NULL DEFAULT nextval('sync.event_id'),
    level text NOT NULL CHECK (level IN ('info', 'warn', 'error')),
    name text COLLATE "C" NOT NULL,
    mailbox_id bigint,
    detail jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE sync.event IS 'The sync log. No subject, no correspondent''s address.';
COMMENT ON COLUMN sync.event.name IS 'Stable: the same word in log, metrics and operations page.';
ALTER SEQUENCE sync.event_id OWNED BY sync.event.id;
CREATE INDEX event_mailbox ON sync.event (mailbox_id, at);

CREATE TABLE sync.event_other PARTITION OF sync.event DEFAULT;
COMMENT ON TABLE sync.event_other IS
    'Takes what has no partition yet, so that no page ever fails for its log lines; emptied when the day gets its own.';

CREATE FUNCTION sync.ensure_event_partitions(days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    first date := (sync.now() AT TIME ZONE 'UTC')::date;
    day date;
    part text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sync.event partitions'));
    FOR day IN SELECT first + n FROM generate_series(0, greatest(days, 0)) AS n LOOP
        part := 'event_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('sync.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE sync.%I (LIKE sync.event INCLUDING ALL)', part);
        -- No new row may slip into the default partition while its rows of that day move.
        LOCK TABLE sync.event_other IN ACCESS EXCLUSIVE MODE;
        EXECUTE format(
            'WITH moved AS (DELETE FROM sync.event_other WHERE at >= %L AND at < %L RETURNING *)
             INSERT INTO sync.%I (at, id, level, name, mailbox_id, detail)
             SELECT at, id, level, name, mailbox_id, detail FROM moved',
            day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC', part);
        EXECUTE format('ALTER TABLE sync.event ATTACH PARTITION sync.%I FOR VALUES FROM (%L) TO (%L)',
            part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION sync.ensure_event_partitions(integer) IS
    'Makes the partitions of sync.event for today and the coming days; the number made.';

CREATE FUNCTION sync.drop_event_partitions(keep_days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    oldest date := (sync.now() AT TIME ZONE 'UTC')::date - keep_days;
    part text;
    dropped integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sync.event partitions'));
    FOR part IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'sync.event'::regclass AND c.relname ~ '^event_[0-9]{8}$'
           AND to_date(substr(c.relname, 7), 'YYYYMMDD') < oldest
    LOOP
        EXECUTE format('DROP TABLE sync.%I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM sync.event_other WHERE at < oldest::timestamp AT TIME ZONE 'UTC';
    RETURN dropped;
END $$;
COMMENT ON FUNCTION sync.drop_event_partitions(integer) IS
    'Drops the days of sync.event before the last keep_days; the number dropped.';

SELECT sync.ensure_event_partitions(7);
