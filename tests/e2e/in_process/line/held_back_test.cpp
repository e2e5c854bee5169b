#include "e2e/in_process/line/guarded.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

// What becomes of removals that are held: a person's word, a new tag, a resync.

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(Guarded, "confirmed, they are untracked after another look")
{
    track(12);
    take_off(0, 11);
    stage.settle();
    REQUIRE(held() == 11);
    stage.stop(); // a tag that comes back at the last moment
    stage.script().tag(kim, items[0].id, "CRM Tracked");
    stage.start();
    say(store::HeldWish::confirm);
    CHECK(tracked() == 2);
    CHECK(held() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'untracked'") == 10);
    CHECK(stage.rows("SELECT detail::text FROM sync.event WHERE name = 'untracks_confirmed'") ==
          Stage::Rows{R"({"count": 10})"});

    // They do not count against what comes next.
    take_off(11, 1);
    stage.settle();
    CHECK(tracked() == 1);
    CHECK(held() == 0);
}

TEST_CASE_METHOD(Guarded, "rejected, the categories are put back beside the person's own")
{
    stage.import("account", "external_id,name,domain\nB1,Blue Yonder,\n");
    track(12);
    stage.script().tag(kim, items[0].id, "CRM: Blue Yonder");
    stage.settle();
    REQUIRE(stage.categories(items[0]) == Names{"Red", "CRM Tracked", "CRM: Blue Yonder"});
    take_off(1, 10);
    stage.script().set_categories(kim, items[0].id, {});
    stage.settle();
    REQUIRE(held() == 11);
    say(store::HeldWish::reject);
    stage.settle();
    CHECK(tracked() == 12);
    CHECK(held() == 0);
    CHECK(stage.categories(items[0]) == Names{"CRM Tracked", "CRM: Blue Yonder"});
    CHECK(carrying({"Red", "CRM Tracked"}) == 11);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'tracked'") == 12);
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE regarding_id IS NOT NULL") == 1);

    // They can be untracked like any other.
    take_off(1, 1);
    stage.settle();
    CHECK(tracked() == 11);
}

TEST_CASE_METHOD(Guarded, "categories that could not be put back at once are no untracks meanwhile")
{
    track(12);
    take_off(0, 11);
    stage.settle();
    sim::Fault full;
    full.method = "PATCH";
    full.path = "/messages/";
    full.count = 30;
    stage.script().fail(full);
    say(store::HeldWish::reject);
    for (const sim::ItemRef& item : items)
        stage.script().mark_read(kim, item.id);
    stage.run_for(std::chrono::hours(1));
    CHECK(tracked() == 12);
    CHECK(held() == 0);
    CHECK(carrying({"Red", "CRM Tracked"}) == 12);
}

TEST_CASE_METHOD(Guarded, "a held item that carries the category again is held no more")
{
    track(12);
    take_off(0, 11);
    stage.settle();
    stage.script().tag(kim, items[0].id, "CRM Tracked");
    stage.script().tag(kim, items[1].id, "CRM Track");
    stage.settle();
    CHECK(held() == 9);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'held'") == 9);
    CHECK(stage.categories(items[1]) == Names{"Red", "CRM Tracked"});
    CHECK(tracked() == 12);
}

TEST_CASE_METHOD(Guarded, "while some are held, one removal an hour later is one removal")
{
    track(13);
    take_off(0, 11);
    stage.settle();
    take_off(11, 1);
    stage.settle();
    CHECK(held() == 12);
    stage.run_for(std::chrono::minutes(61));
    take_off(12, 1);
    stage.settle();
    CHECK(held() == 12);
    CHECK(tracked() == 12);
}

TEST_CASE_METHOD(Guarded, "when releases are undone, other mailboxes get their category back")
{
    stage.mailbox(lee, Mode::contacts);
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    track(11);
    const sim::ItemRef copy = stage.script().put(lee, "inbox", Letter("m0").id("m0"));
    stage.settle();
    REQUIRE(stage.categories(copy) == Names{"CRM Tracked"});
    take_off(0, 10);
    stage.settle();
    REQUIRE(stage.categories(copy).empty());
    take_off(10, 1);
    stage.settle();
    stage.settle();
    CHECK(stage.categories(copy) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 11);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 11);
}

TEST_CASE_METHOD(Guarded, "ownership that was passed on by a release comes back with it")
{
    stage.mailbox(lee);
    track(11);
    const sim::ItemRef copy = stage.script().put(lee, "inbox", Letter("m0").id("m0"));
    stage.script().tag(kim, items[0].id, "CRM Track"); // by hand
    stage.settle();
    stage.script().tag(lee, copy.id, "CRM Track");
    stage.settle();
    const std::string owner = "SELECT owner_address FROM store.activity WHERE subject = 'm0'";
    REQUIRE(stage.one(owner) == kim);
    take_off(0, 10);
    stage.settle();
    REQUIRE(stage.one(owner) == lee);
    take_off(10, 1);
    stage.settle();
    CHECK(stage.one(owner) == kim);
    CHECK(stage.categories(copy) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Guarded, "neither a resync nor lost cursors untrack or hold anything")
{
    track(30);
    SECTION("resync") { stage.resync(mailbox); }
    SECTION("cursors") { stage.script().expire_cursors(kim); }
    stage.settle();
    CHECK(tracked() == 30);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
}

TEST_CASE_METHOD(Guarded, "held removals stay held over a resync")
{
    track(12);
    take_off(0, 11);
    stage.settle();
    stage.resync(mailbox);
    stage.settle();
    CHECK(held() == 11);
    CHECK(tracked() == 12);
}
