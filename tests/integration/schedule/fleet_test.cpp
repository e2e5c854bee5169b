#include "integration/schedule/sailing.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using namespace std::chrono_literals;

TEST_CASE("a mailbox is claimed, worked on and given back")
{
    Sailing sailing;
    sailing.start();
    CHECK(sailing.turns("turn_done", 3));
    CHECK(sailing.count("claimed") == 1);
    CHECK(sailing.count("turn_failed") == 0);
    CHECK(sailing.metrics.value(schedule::metric_leases_held) == 1);
    sailing.stop();
    CHECK(sailing.count("resigned") == 1);
    CHECK(sailing.stored.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 0);
    CHECK(sailing.events() == "none");
}

TEST_CASE("the end of a first pass is recorded at once, later ones with the others")
{
    Sailing sailing;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1));
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 1s);
    CHECK(sailing.clock.now() < morning() + 10s);
    CHECK(sailing.column("last_pass_at") != "(null)");
    CHECK(sailing.column("last_failure") == "(null)");
}

TEST_CASE("a failure that lasts is told once, another one again, and so it is after better times")
{
    Sailing sailing;
    sailing.fails(Reaction::retry, "graph.unreachable", 4);
    sailing.fails(Reaction::wait, "graph.throttled", 2);
    sailing.works();
    sailing.fails(Reaction::retry, "graph.unreachable");
    sailing.start();
    REQUIRE(sailing.turns("turn_failed", 4));
    CHECK(sailing.events() == "warn graph.unreachable");
    REQUIRE(sailing.turns("turn_failed", 6));
    CHECK(sailing.events() == "warn graph.unreachable, warn graph.throttled");
    REQUIRE(sailing.turns("turn_done", 1));
    REQUIRE(sailing.turns("turn_failed", 7));
    CHECK(sailing.events() ==
          "warn graph.unreachable, warn graph.throttled, warn graph.unreachable");
    CHECK(sailing.metrics.value(schedule::metric_failures, {{"name", "graph.unreachable"}}) == 5);
}

TEST_CASE("a mailbox that cannot be handled is stopped, told once, tried daily and taken up again")
{
    // Few heartbeats: there is not much to see in three days of them.
    Sailing sailing({240h, 6h, 3s});
    sailing.fails(Reaction::stop, "graph.mailbox_gone", 3);
    sailing.start();
    REQUIRE(sailing.turns("turn_failed", 1));
    CHECK(sailing.column("state") == "stopped");
    CHECK(sailing.events() == "error graph.mailbox_gone");
    const std::string due = "SELECT due_at::text FROM sync.lease";
    const std::string due_again = sailing.stored.text(due);
    CHECK_FALSE(sailing.turns("turn_failed", 2, 23h));

    // Its own notification comes back to it, late; or a person asks.
    sailing.fleet->wake(sailing.mailbox.id);
    REQUIRE(sailing.turns("turn_failed", 2, 1s));
    CHECK(sailing.stored.text(due) == due_again); // not stopped, and told, a second time
    CHECK_FALSE(sailing.turns("turn_failed", 3, 23h));
    REQUIRE(sailing.turns("turn_failed", 3, 2h));
    CHECK(sailing.events() == "error graph.mailbox_gone");
    CHECK(sailing.column("last_failure") == "graph.mailbox_gone: it did not work");

    REQUIRE(sailing.turns("turn_done", 1, 25h));
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 11s);
    CHECK(sailing.column("state") == "enabled");
    CHECK(sailing.column("last_failure") == "(null)");
}

TEST_CASE("a wake-up brings the next turn at once")
{
    Sailing sailing;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1));
    CHECK_FALSE(sailing.turns("turn_done", 2, 50s));
    sailing.fleet->wake(sailing.mailbox.id);
    CHECK(sailing.turns("turn_done", 2, 1s));
    sailing.fleet->wake(std::nullopt);
    CHECK(sailing.turns("turn_done", 3, 1s));
}

TEST_CASE("mailboxes in which nothing is new do not wait for one another")
{
    Sailing sailing;
    for (int i = 0; i < 30; ++i)
        sailing.stored.mailbox("user" + std::to_string(i) + "@contoso.example");
    sailing.latency = 1s;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 31));
    CHECK(sailing.clock.now() - morning() < 3s);
}
