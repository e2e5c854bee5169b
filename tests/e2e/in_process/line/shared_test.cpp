#include "e2e/in_process/line/colleagues.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a copy that was ignored before shows CRM Tracked when a colleague tags the message")
{
    Colleagues two;
    const auto copies = two.tracked_by_kim();
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees) == shared);
    CHECK(two.links(two.kims) == Stage::Rows{"user hand_tag"});
    CHECK(two.owner() == kim);
    CHECK(two.stage.number("SELECT count(*) FROM crm.activity") == 1);
    CHECK(two.stage.rows("SELECT outcome || ' ' || rule FROM sync.decision ORDER BY 1") ==
          Stage::Rows{"tracked hand_tag", "tracked shared"});
    CHECK(two.stage.number("SELECT count(*) FROM sync.revisit") == 0);
    CHECK(two.bodies_asked_of(copies[0]) == 1);
    CHECK(two.bodies_asked_of(copies[1]) == 0);
}

TEST_CASE("a copy that comes after the message was tracked elsewhere shows CRM Tracked at once")
{
    Colleagues two;
    const Letter letter = Letter("Offer").id("m1").to(kim, lee);
    two.stage.script().put(kim, "inbox", Letter(letter).tagged());
    two.stage.settle();
    const sim::ItemRef late = two.stage.script().put(lee, "inbox", letter);
    two.stage.settle();
    CHECK(two.stage.categories(late) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees) == shared);
}

TEST_CASE("a colleague's own mode goes first, and links the copy by its rule")
{
    Colleagues two(Mode::contacts);
    two.stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    const auto copies = two.tracked_by_kim();
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees) == Stage::Rows{"rule exact_address"});
}

TEST_CASE("a mailbox whose gate refuses the copy shows nothing")
{
    Colleagues two;
    std::vector<sim::ItemRef> copies;
    SECTION("nobody outside takes part; a person overrides that for the own mailbox only")
    {
        copies = two.tracked_by_kim(Letter("Lunch").id("m1").from(max).to(kim, lee));
    }
    SECTION("its headers say that a program sent it")
    {
        copies = two.tracked_by_kim(
            Letter("Report").id("m1").to(kim, lee).header("Auto-Submitted", "auto-generated"));
    }
    REQUIRE(two.stage.categories(copies[0]) == Names{"CRM Tracked"});
    CHECK(two.stage.categories(copies[1]).empty());
    CHECK(two.links(two.lees).empty());
    CHECK(two.stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'refused' AND "
                           "item_id IS NULL") == 1);
}

TEST_CASE("a copy is not shown where show_shared is off, and from the reload on that turns it on")
{
    Stage stage;
    stage.settings.tracking.show_shared = false;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    const Letter letter = Letter("Offer").id("m1").to(kim, lee);
    const sim::ItemRef before = stage.script().put(lee, "inbox", letter);
    stage.script().put(kim, "inbox", Letter(letter).tagged());
    stage.settle();
    CHECK(stage.categories(before).empty());
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);

    Settings settings = stage.settings;
    settings.tracking.show_shared = true;
    stage.application().reload(settings);
    const sim::ItemRef after = stage.script().put(lee, "inbox", letter);
    stage.settle();
    CHECK(stage.categories(after) == Names{"CRM Tracked"});
}

TEST_CASE("taking a shared category off concerns that mailbox only, and stays")
{
    Colleagues two;
    const auto copies = two.tracked_by_kim();
    two.stage.script().untag(lee, copies[1].id, "CRM Tracked");
    two.stage.settle();
    CHECK(two.living() == 1);
    CHECK(two.owner() == kim);
    CHECK(two.stage.categories(copies[0]) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees).empty());
    CHECK(two.stage.number("SELECT count(*) FROM sync.pin WHERE mailbox_id = " +
                           std::to_string(two.lees.value)) == 2);

    SECTION("whatever comes again")
    {
        two.stage.script().tag(lee, copies[1].id, "Red");
        two.stage.resync(two.lees);
        two.stage.settle();
        CHECK(two.stage.categories(copies[1]) == Names{"Red"});
        CHECK(two.links(two.lees).empty());
    }
    SECTION("until a person tags it there")
    {
        two.stage.script().tag(lee, copies[1].id, "CRM Track");
        two.stage.settle();
        CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
        CHECK(two.links(two.lees) == Stage::Rows{"user hand_tag"});
        CHECK(two.owner() == kim);
    }
}

TEST_CASE("a shared category concerns that mailbox only, also where its user owns the activity")
{
    // Lee's rule tracks what kim sent: kim owns it, and only sees it as shared.
    Colleagues two(Mode::contacts);
    two.stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    const Letter letter = Letter("Offer").id("m1").from(kim).to(ann, lee);
    const sim::ItemRef sent = two.stage.script().put(kim, "sentitems", letter);
    const sim::ItemRef received = two.stage.script().put(lee, "inbox", letter);
    two.stage.settle();
    REQUIRE(two.owner() == kim);
    REQUIRE(two.links(two.kims) == shared);
    two.stage.script().untag(kim, sent.id, "CRM Tracked");
    two.stage.settle();
    CHECK(two.living() == 1);
    CHECK(two.owner() == kim);
    CHECK(two.stage.categories(received) == Names{"CRM Tracked"});
    CHECK(two.stage.categories(sent).empty());
}

TEST_CASE("when the owner untracks, the shared marks go without being untracks, and come back")
{
    Colleagues two;
    const auto copies = two.tracked_by_kim();
    two.stage.script().untag(kim, copies[0].id, "CRM Tracked");
    two.stage.settle();
    CHECK(two.living() == 0);
    CHECK(two.stage.categories(copies[1]).empty());
    CHECK(two.stage.number("SELECT count(*) FROM sync.pin WHERE mailbox_id = " +
                           std::to_string(two.lees.value)) == 0);
    const std::string buried = two.stage.one("SELECT id FROM store.activity");

    two.stage.script().tag(kim, copies[0].id, "CRM Track");
    two.stage.settle();
    CHECK(two.stage.one("SELECT id FROM store.activity WHERE deleted_at IS NULL") == buried);
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees) == shared);
}

TEST_CASE("a mark comes back though the owner tags again before it was taken off")
{
    Colleagues two;
    const auto copies = two.tracked_by_kim();
    two.stage.graph().switches.conflict_next = 0;
    sim::Fault denied;
    denied.method = "PATCH";
    denied.path = copies[1].id;
    denied.status = 503;
    denied.code = "ErrorServerBusy";
    denied.count = -1;
    two.stage.script().fail(denied);
    two.stage.script().untag(kim, copies[0].id, "CRM Tracked");
    two.stage.settle();
    REQUIRE(two.living() == 0);
    two.stage.script().tag(kim, copies[0].id, "CRM Track");
    two.stage.settle();
    two.stage.graph().faults.clear();
    two.stage.run_for(std::chrono::hours(2));
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees) == shared);
}

TEST_CASE("a copy that was ignored while the activity was a tombstone is shown when it comes back")
{
    Colleagues two;
    const Letter letter = Letter("Offer").id("m1").to(kim, lee);
    const sim::ItemRef kims = two.stage.script().put(kim, "inbox", Letter(letter).tagged());
    two.stage.settle();
    two.stage.script().untag(kim, kims.id, "CRM Tracked");
    two.stage.settle();
    const sim::ItemRef late = two.stage.script().put(lee, "inbox", letter);
    two.stage.settle();
    REQUIRE(two.stage.categories(late).empty());
    two.stage.script().tag(kim, kims.id, "CRM Track");
    two.stage.settle();
    CHECK(two.stage.categories(late) == Names{"CRM Tracked"});
}

TEST_CASE("a hand tag on a shared copy makes it that person's")
{
    Colleagues two;
    const auto copies = two.tracked_by_kim();
    two.stage.script().tag(lee, copies[1].id, "CRM Track");
    two.stage.settle();
    CHECK(two.links(two.lees) == Stage::Rows{"user hand_tag"});
    CHECK(two.owner() == kim);
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    two.stage.script().untag(kim, copies[0].id, "CRM Tracked");
    two.stage.settle();
    CHECK(two.living() == 1);
    CHECK(two.owner() == lee);
    CHECK(two.stage.categories(copies[0]).empty());
}

TEST_CASE("a hand tag that comes before a shared copy was answered is that person's as well",
          "[slow]")
{
    Colleagues two;
    const auto copies = two.for_both();
    two.stage.settle();
    sim::Fault busy;
    busy.method = "PATCH";
    busy.path = copies[1].id;
    busy.status = 503;
    busy.code = "ErrorServerBusy";
    busy.count = -1;
    two.stage.script().fail(busy);
    two.stage.script().tag(kim, copies[0].id, "CRM Track");
    two.stage.settle();
    REQUIRE(two.links(two.lees) == shared);
    two.stage.script().tag(lee, copies[1].id, "CRM Track");
    two.stage.settle();
    two.stage.graph().faults.clear();
    two.stage.run_for(std::chrono::hours(2));
    CHECK(two.links(two.lees) == Stage::Rows{"user hand_tag"});
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.owner() == kim);
}

TEST_CASE("the question which record it is about is put to the owner, not to who tags it later")
{
    Colleagues two;
    two.stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n"
                                "C2,Bo,bo@blue.example\n");
    const auto copies =
        two.tracked_by_kim(Letter("Offer").id("m1").to(kim, lee, "bo@blue.example"));
    CHECK(two.stage.categories(copies[0]) == Names{"CRM Review"});
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    two.stage.script().tag(lee, copies[1].id, "CRM Track");
    two.stage.settle();
    CHECK(two.links(two.lees) == Stage::Rows{"user hand_tag"});
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
}
