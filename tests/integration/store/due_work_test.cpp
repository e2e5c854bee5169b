#include "integration/store/stored.hpp"
#include "store/due_work.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Waiting : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");
    const Timestamp noon = *parse_timestamp("2026-03-01T12:00:00Z");

    store::DueWork work() { return run(store::due_work(pool, ann.mailbox, noon)); }
    void revisit(Fence fence, const char* due_in)
    {
        sql(fmt::format("INSERT INTO sync.revisit (mailbox_id, reason, key, due_at) "
                        "VALUES ({}, 'reply', 'm@example.com', sync.now() + interval '{}')",
                        fence.mailbox.value, due_in));
    }
};

} // namespace

TEST_CASE("a mailbox for which nothing waits has nothing to do, whatever others have")
{
    Waiting waiting;
    waiting.revisit(waiting.bob, "0");
    const store::DueWork work = waiting.work();
    CHECK_FALSE(work.now);
    CHECK_FALSE(work.at);
    CHECK_FALSE(work.owes);
}

TEST_CASE("how soon something is due is told in the reader's own time")
{
    Waiting waiting;
    waiting.revisit(waiting.ann, "1 hour");
    const store::DueWork later = waiting.work();
    CHECK_FALSE(later.now);
    REQUIRE(later.at);
    // The database's clock goes on while it is asked.
    CHECK(*later.at <= waiting.noon + std::chrono::hours(1));
    CHECK(*later.at > waiting.noon + std::chrono::minutes(30));

    waiting.sql("UPDATE sync.revisit SET due_at = sync.now() - interval '1 second'");
    const store::DueWork due = waiting.work();
    CHECK(due.now);
    CHECK(due.at <= waiting.noon);
}

TEST_CASE("of a parked item and a revisit the sooner counts, and one that rests counts not at all")
{
    Waiting waiting;
    waiting.revisit(waiting.ann, "1 hour");
    waiting.sql(
        fmt::format("INSERT INTO sync.parked (mailbox_id, item_id, reason, version, attempts, "
                    "next_attempt_at) VALUES ({0}, 'a1', 'x', '', 1, sync.now()), "
                    "({0}, 'a2', 'x', '', 1, NULL)",
                    waiting.ann.mailbox.value));
    CHECK(waiting.work().now);
    waiting.sql("UPDATE sync.parked SET next_attempt_at = NULL");
    CHECK_FALSE(waiting.work().now);
    CHECK(waiting.work().at.has_value());
}

TEST_CASE("a staged removal is always due: it says itself when it is ripe")
{
    Waiting waiting;
    waiting.sql(
        fmt::format("INSERT INTO sync.untrack_stage (mailbox_id, item_id) VALUES ({}, 'a1')",
                    waiting.ann.mailbox.value));
    const store::DueWork work = waiting.work();
    CHECK(work.now);
    CHECK_FALSE(work.at);
}
