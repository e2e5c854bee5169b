#include "integration/store/stored.hpp"
#include "store/statements.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("every statement fits the migrated schema")
{
    Stored stored;
    auto connection = stored.run(stored.pool.acquire());
    for (const pg::Statement& statement : store::sql::all) {
        INFO(statement.name);
        const std::string_view text = statement.text;
        if (text == "BEGIN" || text == "COMMIT" || text == "ROLLBACK")
            continue; // nothing to fit
        const std::string prepare = fmt::format("PREPARE checked_{} AS {}", statement.name, text);
        pg::Statement as_text;
        as_text.text = prepare;
        CHECK_NOTHROW(stored.run(connection->run(as_text)));
    }
}

TEST_CASE("every table and every view says what it is for")
{
    Stored stored;
    CHECK(stored.text(R"(
        SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class AS c
         WHERE c.relnamespace IN ('store'::regnamespace, 'sync'::regnamespace, 'crm'::regnamespace)
           AND c.relkind IN ('r', 'p', 'v') AND NOT c.relname ~ '^event_[0-9]+$'
           AND c.relname <> 'migration' AND obj_description(c.oid, 'pg_class') IS NULL)") ==
          "(null)");
}

TEST_CASE("the names that reports and scripts rely on are there")
{
    Stored stored;
    const auto expect = [&](std::string_view query) {
        INFO(query);
        CHECK_NOTHROW(stored.sql(query));
    };
    expect("SELECT id, type, external_id, name, number, parent_id, owner_id, state, fields FROM "
           "crm.record");
    expect("SELECT record_id, address, kind FROM crm.record_address");
    expect("SELECT id, kind, direction, subject, body, body_type, body_truncated, occurred_at, "
           "message_id, "
           "regarding_id, owner_id, visibility, fields, created_at, updated_at, deleted_at FROM "
           "crm.activity");
    expect("SELECT activity_id, role, address, name, record_id, resolution, is_list FROM "
           "crm.activity_party");
    expect("SELECT activity_id, record_id, role FROM crm.activity_connection");
    expect(
        "SELECT activity_id, name, content_type, size, status, reason, sha256 FROM crm.attachment");
    expect("SELECT id, address, provider, kind, owner_id, state, mode, last_pass_at, next_pass_at, "
           "last_failure FROM sync.mailbox");
    expect("SELECT mailbox_id, item_id, activity_id, tracked_by, rule, tracked_at FROM sync.link");
    expect("SELECT mailbox_id, item_hmac, item_id, message_id_hmac, decided_at, outcome, rule, "
           "evidence "
           "FROM sync.decision");
    expect("SELECT mailbox_id, item_id, kind, state, attempts, next_attempt_at, last_failure FROM "
           "sync.write_back");
    expect("SELECT at, level, name, mailbox_id, detail FROM sync.event");
}

TEST_CASE("words that are none of an enumeration are refused")
{
    Stored stored;
    const auto refused = [&](std::string_view statement) {
        INFO(statement);
        const Failure failure = failure_of([&] { stored.sql(statement); });
        CHECK(failure.name() == "pg.constraint");
    };
    refused(
        "INSERT INTO sync.mailbox (provider, address, state) VALUES ('p', 'a@b.example', 'on')");
    refused(
        "INSERT INTO sync.mailbox (provider, address, mode) VALUES ('p', 'a@b.example', 'some')");
    refused("INSERT INTO store.record (id, type, external_id, name, label, state) "
            "VALUES (gen_random_uuid(), 'account', '1', 'n', 'n', 'lost')");
    refused("INSERT INTO sync.link (mailbox_id, item_id, activity_id, folder_id, version, "
            "tracked_by, rule, "
            "tagged_at) VALUES (1, 'i', gen_random_uuid(), 'f', 'v', 'nobody', 'r', now())");
    refused("INSERT INTO sync.write_back (mailbox_id, item_id, desired, state) VALUES (1, 'i', "
            "'{}', 'lost')");
}

TEST_CASE("a refused item never keeps its id")
{
    Stored stored;
    const Failure failure = failure_of([&] {
        stored.sql(
            "INSERT INTO sync.decision (mailbox_id, item_hmac, item_id, input_hmac, outcome, rule) "
            "VALUES (1, sha256('a'), 'item', sha256('b'), 'refused', 'gate_internal_only')");
    });
    CHECK(failure.name() == "pg.constraint");
}

TEST_CASE("a test's session sets the time that statements go by")
{
    Stored stored;
    auto connection = stored.run(stored.pool.acquire());
    const pg::Statement set{"", "SELECT set_config('crmsync.now', '2026-03-02T09:00:00Z', false)"};
    stored.run(connection->run(set));
    const pg::Result now = stored.run(connection->run(store::sql::time_now));
    CHECK(now.get<Timestamp>(0, 0) == morning());
    // Other sessions keep the clock.
    auto other = stored.run(stored.pool.acquire());
    CHECK(stored.run(other->run(store::sql::time_now)).get<Timestamp>(0, 0) != morning());
}
