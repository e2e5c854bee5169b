#include "e2e/in_process/line/guarded.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(Guarded, "ten untracks within an hour are believed")
{
    track(12);
    take_off(0, 10);
    stage.settle();
    CHECK(tracked() == 2);
    CHECK(held() == 0);
}

TEST_CASE_METHOD(Guarded,
                 "eleven at once are held, whatever folders they lie in, and nothing is lost")
{
    track(12);
    take_off(0, 11);
    stage.settle();
    CHECK(tracked() == 12);
    CHECK(held() == 11);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'held' AND rule = "
                       "'guard_many'") == 11);
    CHECK(stage.rows("SELECT level || detail::text FROM sync.event WHERE name = 'untracks_held'") ==
          Stage::Rows{R"(warn{"why": "guard_many", "held": 11, "allowed": 10, "revived": 0})"});
    CHECK(carrying({"Red"}) == 11); // nobody argues with the person

    // And it costs nothing to go on holding them.
    const int looks = stage.requests({"message.get"});
    stage.settle();
    CHECK(stage.requests({"message.get"}) == looks);
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'untracks_held'") == 1);
}

TEST_CASE_METHOD(Guarded, "an eleventh within the hour brings the ten back, and is held with them")
{
    stage.import("account", "external_id,name,domain\nB1,Blue Yonder,\n");
    track(12);
    stage.script().tag(kim, items[0].id, "CRM: Blue Yonder");
    stage.settle();
    const auto copies = [&] {
        return stage.rows("SELECT id || subject || coalesce(regarding_id::text, '') || owner_id || "
                          "owned_at FROM store.activity WHERE deleted_at IS NULL ORDER BY id");
    };
    const auto links = [&] {
        return stage.rows("SELECT concat_ws('|', item_id, activity_id, folder_id, category_seen, "
                          "tracked_by, rule, tagged_at, tracked_at, regarding_category) "
                          "FROM sync.link ORDER BY item_id");
    };
    const Stage::Rows copies_before = copies();
    const Stage::Rows links_before = links();
    take_off(0, 10);
    stage.settle();
    REQUIRE(tracked() == 2);

    SECTION("at once") {}
    SECTION("after another program took over")
    {
        stage.crash();
        stage.start();
        stage.run_for(std::chrono::minutes(50));
    }
    take_off(10, 1);
    stage.settle();
    CHECK(tracked() == 12);
    CHECK(held() == 11);
    CHECK(copies() == copies_before);
    CHECK(links() == links_before);
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
    CHECK(stage.number("SELECT link_count FROM sync.mailbox") == 12);
    CHECK(stage.number("SELECT count(*) FROM store.activity WHERE purge_after IS NOT NULL") == 0);
}

TEST_CASE_METHOD(Guarded, "an eleventh after the hour is one removal")
{
    track(12);
    take_off(0, 10);
    stage.settle();
    stage.run_for(std::chrono::minutes(61));
    take_off(10, 1);
    stage.settle();
    CHECK(tracked() == 1);
    CHECK(held() == 0);
    stage.run_for(std::chrono::minutes(75));
    CHECK(stage.number("SELECT count(*) FROM sync.released") == 0);
}

TEST_CASE_METHOD(Guarded, "five in a hundred links are believed")
{
    track(300);
    take_off(0, 15);
    stage.settle();
    CHECK(held() == 0);
    REQUIRE(tracked() == 285);
    // Of the mailbox as it was before these.
    take_off(15, 1);
    stage.settle();
    CHECK(held() == 16);
    CHECK(tracked() == 300);
}

TEST_CASE_METHOD(Guarded, "what was tagged again meanwhile is left to its new tag")
{
    track(12);
    take_off(0, 10);
    stage.settle();
    stage.script().tag(kim, items[0].id, "CRM Track");
    stage.settle();
    REQUIRE(tracked() == 3);
    take_off(10, 1); // the tenth that still stands
    stage.settle();
    CHECK(held() == 0);
    take_off(11, 1);
    stage.settle();
    CHECK(held() == 11);
    CHECK(tracked() == 12);
    CHECK(stage.categories(items[0]) == Names{"Red", "CRM Tracked"});
}

TEST_CASE_METHOD(Guarded,
                 "a category deleted from the mailbox's list holds everything, and is put back")
{
    track(6);
    SECTION("found when the removals come")
    {
        forget_category();
        take_off(0, 3);
        stage.settle();
    }
    SECTION("found by the next start, before the removals come")
    {
        stage.stop();
        forget_category();
        stage.start();
        stage.settle();
        REQUIRE(listed());
        take_off(0, 3);
        stage.settle();
    }
    SECTION("with what was untracked just before")
    {
        take_off(0, 1);
        stage.settle();
        REQUIRE(tracked() == 5);
        forget_category();
        take_off(1, 2);
        stage.settle();
    }
    CHECK(listed());
    CHECK(held() == 3);
    CHECK(tracked() == 6);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'held' AND rule = "
                       "'guard_category'") == 3);

    // The rest may lose it a while later.
    take_off(3, 1);
    stage.settle();
    CHECK(held() == 4);
    CHECK(tracked() == 6);
    stage.run_for(std::chrono::minutes(65));
    take_off(4, 1);
    stage.settle();
    CHECK(tracked() == 5);
}

TEST_CASE_METHOD(Guarded, "nothing is untracked while the mailbox's list cannot be read")
{
    track(3);
    sim::Fault unreadable;
    unreadable.method = "GET";
    unreadable.path = "masterCategories";
    unreadable.count = 20;
    stage.script().fail(unreadable);
    take_off(0, 1);
    stage.settle();
    CHECK(tracked() == 3);
    CHECK(held() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 1);
    stage.script().graph().faults.clear();
    stage.settle();
    CHECK(tracked() == 2);
}

TEST_CASE_METHOD(Guarded, "what the service takes off itself does not count as the user's")
{
    stage.mailbox(lee, Mode::contacts);
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    track(20);
    Items copies;
    for (int i = 0; i < 20; ++i)
        copies.push_back(stage.script().put(
            lee, "inbox", Letter("m" + std::to_string(i)).id("m" + std::to_string(i))));
    stage.settle();
    REQUIRE(stage.categories(copies[19]) == Names{"CRM Tracked"});
    take_off(0, 10); // kim's own: the service takes them off lee's copies
    stage.settle();
    REQUIRE(stage.categories(copies[0]).empty());
    REQUIRE(held() == 0);
    for (std::size_t i = 10; i < 20; ++i)
        stage.script().untag(lee, copies[i].id, "CRM Tracked");
    stage.settle();
    CHECK(held() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.pin AS p JOIN sync.mailbox AS m ON m.id = "
                       "p.mailbox_id WHERE p.kind = 'untrack_item' AND address = '" +
                       std::string(lee) + "'") == 10);
}

TEST_CASE_METHOD(Guarded, "five hundred untagged at once wait for a word")
{
    track(500);
    take_off(0, 500);
    stage.settle();
    CHECK(tracked() == 500);
    CHECK(held() == 500);
    SECTION("and are untracked by one")
    {
        say(store::HeldWish::confirm);
        CHECK(tracked() == 0);
        CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
        CHECK(carrying({"Red"}) == 500);
    }
    SECTION("or come back by another")
    {
        say(store::HeldWish::reject);
        stage.settle();
        CHECK(tracked() == 500);
        CHECK(carrying({"Red", "CRM Tracked"}) == 500);
    }
}

TEST_CASE_METHOD(Guarded, "a few that are held for the lost category stay held over a resync")
{
    track(6);
    forget_category();
    take_off(0, 3);
    stage.settle();
    REQUIRE(held() == 3);
    stage.run_for(std::chrono::minutes(65));
    stage.resync(mailbox);
    stage.settle();
    CHECK(held() == 3);
    CHECK(tracked() == 6);
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
}
