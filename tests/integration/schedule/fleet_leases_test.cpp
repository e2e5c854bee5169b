#include "integration/schedule/sailing.hpp"
#include "store/folders.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using namespace std::chrono_literals;

TEST_CASE("a lease that was lost is no failure of the mailbox")
{
    Sailing sailing;
    sailing.fails(Reaction::give_back, "lease.lost");
    sailing.start();
    REQUIRE(sailing.turns("let_go", 1));
    REQUIRE(sailing.turns("turn_done", 1));
    CHECK(sailing.count("claimed") == 2);
    sailing.stop();
    CHECK(sailing.events() == "none");
    CHECK(sailing.column("last_failure") == "(null)");
}

TEST_CASE("a mailbox that was disabled is let go, and claimed again once enabled")
{
    Sailing sailing;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1));
    const MailboxId id = sailing.mailbox.id;
    sailing.stored.run(sailing.stored.mailboxes.set_state(id, MailboxState::disabled));
    sailing.fleet->wake(id);
    REQUIRE(sailing.turns("let_go", 1, 11s));
    CHECK(sailing.fleet->held() == 0);
    sailing.stored.run(sailing.stored.mailboxes.set_state(id, MailboxState::enabled));
    sailing.fleet->wake(id);
    CHECK(sailing.turns("claimed", 2, 11s));
}

TEST_CASE("a mailbox whose lease is taken away in its turn is read anew as soon as that has ended")
{
    Sailing sailing;
    sailing.hold_up = true;
    sailing.start();
    REQUIRE(sailing.until([&] { return sailing.count("claimed") == 1; }));
    REQUIRE(sailing.until([&] { return sailing.clock.sleepers() >= 4; }, 1s)); // the turn waits
    store::Folders folders(sailing.stored.pool);
    sailing.stored.run(folders.forget_all_cursors(sailing.mailbox.id));
    sailing.fleet->wake(sailing.mailbox.id);
    sailing.hold_up = false;
    REQUIRE_FALSE(sailing.turns("let_go", 1, 1s));
    sailing.go_on.notify();
    CHECK(sailing.turns("turn_done", 1, 1s));
    CHECK(sailing.count("claimed") == 2);
}

TEST_CASE("a mailbox that was lost is not taken on again before its old turn has ended")
{
    Sailing sailing;
    sailing.hold_up = true;
    sailing.start();
    REQUIRE(sailing.until([&] { return sailing.count("claimed") == 1; }));
    REQUIRE(sailing.until([&] { return sailing.clock.sleepers() >= 4; }, 1s)); // the turn waits

    // Another process had it, and is gone.
    sailing.stored.sql("UPDATE sync.lease SET holder = NULL, epoch = epoch + 1");
    sailing.fleet->wake(sailing.mailbox.id);
    CHECK_FALSE(sailing.until([&] { return sailing.count("claimed") == 2; }, 60s));
    CHECK(sailing.fleet->held() == 1);

    sailing.hold_up = false;
    sailing.go_on.notify();
    REQUIRE(sailing.until([&] { return sailing.count("let_go") == 1; }, 60s));
    CHECK(sailing.count("turn_done") == 0); // its lease was not good any more
    REQUIRE(sailing.turns("turn_done", 1, 60s));
    CHECK(sailing.count("claimed") == 2);
}

TEST_CASE("a turn that hangs at the end does not keep the mailboxes from the next process")
{
    Sailing sailing;
    sailing.hold_up = true;
    sailing.start();
    REQUIRE(sailing.until([&] { return sailing.count("claimed") == 1; }));
    REQUIRE(sailing.until([&] { return sailing.clock.sleepers() >= 4; }, 1s)); // the turn waits
    sailing.fleet->stop();
    REQUIRE(sailing.until([&] { return sailing.count("resigned") == 1; }, 3s));
    CHECK_FALSE(sailing.ended->here);
    CHECK(sailing.stored.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 0);

    sailing.hold_up = false;
    sailing.go_on.notify();
    CHECK(sailing.until([&] { return sailing.ended->here; }, 60s));
    CHECK(sailing.count("resigned") == 1);
}

TEST_CASE("mailboxes that no process has room for are counted")
{
    Sailing sailing({}, 2);
    for (const char* name : {"bea", "cid", "dan"})
        sailing.stored.mailbox(std::string(name) + "@contoso.example");
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 2));
    REQUIRE(
        sailing.until([&] { return sailing.metrics.value(schedule::metric_unclaimed) == 2; }, 30s));
    sailing.stored.sql("UPDATE sync.mailbox SET state = 'disabled' WHERE id NOT IN (SELECT "
                       "mailbox_id FROM sync.lease WHERE holder IS NOT NULL)");
    CHECK(
        sailing.until([&] { return sailing.metrics.value(schedule::metric_unclaimed) == 0; }, 30s));
}
