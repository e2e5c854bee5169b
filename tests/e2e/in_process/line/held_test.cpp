#include "e2e/in_process/letters.hpp"
#include "store/held_untracks.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;
using Items = std::vector<sim::ItemRef>;

/// Kim's mailbox with tracked messages in several folders, each with a category of her own.
struct Guarded {
    Stage stage;
    MailboxId mailbox = stage.mailbox(kim);
    Items items;

    Items track(int count)
    {
        Items added;
        for (int i = 0; i < count; ++i) {
            const std::string name = "m" + std::to_string(items.size());
            const char* folder = i % 2 == 0 ? "inbox" : "archive";
            added.push_back(
                stage.script().put(kim, folder, Letter(name).id(name).tagged().tagged("Red")));
            items.push_back(added.back());
        }
        if (!stage.runs())
            stage.start();
        stage.settle();
        REQUIRE(tracked() == static_cast<int>(items.size()));
        return added;
    }
    void take_off(int first, int count)
    {
        for (int i = first; i < first + count; ++i)
            stage.script().untag(kim, items[static_cast<std::size_t>(i)].id, "CRM Tracked");
    }
    int tracked()
    {
        return stage.number("SELECT count(*) FROM store.activity AS a JOIN sync.link AS l ON "
                            "l.activity_id = a.id WHERE a.deleted_at IS NULL");
    }
    int held() { return stage.number("SELECT count(*) FROM sync.untrack_stage WHERE held"); }
    /// What `crmsync held confirm` and `held reject` do.
    void say(store::HeldWish wish)
    {
        REQUIRE(stage.say_about_held(mailbox, wish) > 0);
        stage.wake(mailbox);
        stage.settle();
    }
    int carrying(const Names& names)
    {
        return static_cast<int>(std::count_if(items.begin(), items.end(), [&](const auto& item) {
            return stage.categories(item) == names;
        }));
    }
    void forget_category()
    {
        std::erase_if(stage.script().mailbox(kim).categories(),
                      [](const sim::Category& one) { return one.display_name == "CRM Tracked"; });
    }
    bool listed()
    {
        const auto& list = stage.script().mailbox(kim).categories();
        return std::any_of(list.begin(), list.end(), [](const sim::Category& one) {
            return one.display_name == "CRM Tracked";
        });
    }
};

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
