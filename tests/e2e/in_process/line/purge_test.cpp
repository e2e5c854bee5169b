#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("what was untracked is kept for the days of its grace, and then purged")
{
    Stage stage;
    stage.settings.tracking.untrack_grace_days = 1;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(
        kim, "inbox", Letter().id("m1").tagged().file("offer.pdf", "one of one"));
    stage.script().put(kim, "inbox", Letter("Stays").id("m2").tagged());
    stage.start();
    stage.settle();
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    const char* const tombstones =
        "SELECT count(*) FROM store.activity WHERE deleted_at IS NOT NULL";
    REQUIRE(stage.number(tombstones) == 1);
    stage.stop();
    stage.settings.sync.poll_interval = std::chrono::minutes(10); // hours pass

    stage.run_for(std::chrono::hours(23));
    stage.start();
    stage.settle();
    CHECK(stage.number(tombstones) == 1);
    CHECK(stage.number("SELECT count(*) FROM store.blob") == 1);
    stage.run_for(std::chrono::hours(2));
    CHECK(stage.number(tombstones) == 0);
    CHECK(stage.number("SELECT count(*) FROM store.blob") == 0);
    CHECK(stage.rows("SELECT subject FROM crm.activity") == Stage::Rows{"Stays"});
}

TEST_CASE("what its owner untracked is not tracked again by a rule once it is purged")
{
    Stage stage;
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    stage.settings.tracking.untrack_grace_days = 1;
    const MailboxId mailbox = stage.mailbox(kim, Mode::contacts);
    stage.start();
    stage.settle();
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1"));
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM crm.activity") == 1);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    stage.execute("UPDATE store.activity SET purge_after = sync.now()");
    REQUIRE(stage.until([&] { return stage.number("SELECT count(*) FROM store.activity") == 0; },
                        std::chrono::hours(1)));

    SECTION("when the mailbox is read anew") { stage.resync(mailbox); }
    SECTION("when it changes") { stage.script().mark_read(kim, item.id); }
    SECTION("when it is moved") { stage.script().move(kim, item.id, "archive"); }
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 0);
    CHECK(stage.categories(item).empty());

    stage.script().tag(kim, item.id, "CRM Track"); // a person may
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
}
