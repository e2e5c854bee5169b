#include "e2e/in_process/line/colleagues.hpp"

#include <catch2/catch.hpp>

// Which items of a mailbox are copies of what a colleague tracks, and how they are found.

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a sent copy brings the Bcc that a received one does not name")
{
    Stage stage;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    const auto copies = stage.script().deliver(
        Letter("Offer").id("m1").from(kim).to(ann, lee).bcc("eve@fabrikam.example"));
    stage.settle();
    REQUIRE(copies.size() == 2);
    for (const sim::ItemRef& copy : copies)
        if (copy.mailbox == stage.script().mailbox(lee).id())
            stage.script().tag(lee, copy.id, "CRM Track");
    stage.settle();
    CHECK(stage.rows("SELECT address FROM crm.activity_party WHERE role = 'bcc'") ==
          Stage::Rows{"eve@fabrikam.example"});
    CHECK(stage.rows("SELECT direction FROM crm.activity") == Stage::Rows{"outgoing"});
    for (const sim::ItemRef& copy : copies)
        CHECK(stage.categories(copy) == Names{"CRM Tracked"});
}

TEST_CASE("the copy of somebody whom no header names is shown, too")
{
    Colleagues two;
    SECTION("a blind copy")
    {
        const auto copies = two.tracked_by_kim(Letter("Offer").id("m1").to(kim));
        CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    }
    SECTION("by a list")
    {
        const auto copies = two.tracked_by_kim(Letter("Offer").id("m1").to("all@contoso.example"));
        CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    }
    CHECK(two.links(two.lees) == shared);
}

TEST_CASE("a second copy in the mailbox that tracks a message is left alone")
{
    Colleagues two;
    const Letter letter = Letter("Note to self").id("m1").from(kim).to(kim, ann);
    const sim::ItemRef sent = two.stage.script().put(kim, "sentitems", letter);
    const sim::ItemRef received = two.stage.script().put(kim, "inbox", letter);
    two.stage.settle();
    two.stage.script().tag(kim, received.id, "CRM Track");
    two.stage.settle();
    const sim::ItemRef again = two.stage.script().put(kim, "inbox", letter);
    two.stage.settle();
    CHECK(two.stage.categories(sent).empty());
    CHECK(two.stage.categories(again).empty());
    two.stage.script().untag(kim, received.id, "CRM Tracked");
    two.stage.settle();
    CHECK(two.living() == 0);
}

TEST_CASE("a colleague's copies are all shown: redelivered, and made by hand in the mailbox")
{
    Colleagues two;
    const Letter letter = Letter("Offer").id("m1").to(kim, lee);
    const auto copies = two.tracked_by_kim(letter);
    const sim::ItemRef again = two.stage.script().put(lee, "inbox", letter);
    two.stage.settle();
    CHECK(two.stage.categories(again) == Names{"CRM Tracked"});
    two.stage.script().copy(lee, copies[1].id, "archive");
    two.stage.settle();
    // Nobody tagged anything in lee's mailbox.
    CHECK(two.links(two.lees) == Stage::Rows{"shared shared", "shared shared", "shared shared"});
    CHECK(two.owner() == kim);
    CHECK(two.stage.number("SELECT count(*) FROM crm.activity") == 1);
}

TEST_CASE("a shared copy that is moved keeps its link, also where it leaves and comes back unsaid")
{
    Colleagues two;
    const auto copies = two.tracked_by_kim();
    two.stage.script().move(lee, copies[1].id, "archive");
    two.stage.settle();
    CHECK(two.links(two.lees) == shared);
    two.stage.script().move(lee, copies[1].id, "inbox");
    two.stage.script().move(lee, copies[1].id, "archive");
    two.stage.settle();
    CHECK(two.links(two.lees) == shared);
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.stage.number("SELECT count(*) FROM sync.link WHERE gone") == 0);
    CHECK(two.stage.number("SELECT count(*) FROM sync.pin") == 0);
}

TEST_CASE("an inbox rule's tag that the ceiling refuses shows what a colleague tracks")
{
    Stage stage;
    stage.settings.tracking.ceiling_mode = "manual";
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    const Letter letter = Letter("Offer").id("m1").to(kim, lee);
    const sim::ItemRef lees = stage.script().put(lee, "inbox", Letter(letter).tagged());
    const sim::ItemRef kims = stage.script().put(kim, "inbox", letter);
    stage.settle();
    REQUIRE(stage.categories(lees) == Names{"CRM Refused"});
    stage.script().tag(kim, kims.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(lees) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT tracked_by FROM sync.link ORDER BY 1") ==
          Stage::Rows{"shared", "user"});
}

TEST_CASE("a message that bears another's Message-ID is no copy of it")
{
    Colleagues two;
    two.stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    two.stage.settle();
    const sim::ItemRef other = two.stage.script().put(
        lee, "inbox", Letter("Other").id("m1").from("bo@blue.example").to(lee));
    two.stage.settle();
    CHECK(two.stage.categories(other).empty());
    CHECK(two.stage.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(two.stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'ignored'") == 1);
    CHECK(two.stage.number("SELECT count(*) FROM sync.revisit") == 0);
}

TEST_CASE("a mailbox that was disabled shows what a colleague tracked meanwhile")
{
    Colleagues two;
    const auto copies = two.for_both();
    two.stage.settle();
    two.stage.set_state(two.lees, MailboxState::disabled);
    two.stage.settle();
    two.stage.script().tag(kim, copies[0].id, "CRM Track");
    two.stage.settle();
    CHECK(two.stage.categories(copies[1]).empty());
    two.stage.set_state(two.lees, MailboxState::enabled);
    two.stage.settle();
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
}

TEST_CASE("a mailbox that cannot be searched for copies goes on without them")
{
    Colleagues two;
    const auto copies = two.for_both();
    two.stage.settle();
    sim::Fault refused;
    refused.path = "$filter=internetMessageId";
    refused.status = 400;
    refused.code = "ErrorInvalidUrlQueryFilter";
    refused.count = -1;
    two.stage.script().fail(refused);
    two.stage.script().tag(kim, copies[0].id, "CRM Track");
    two.stage.settle();
    CHECK(two.stage.categories(copies[0]) == Names{"CRM Tracked"});
    CHECK(two.stage.number("SELECT count(*) FROM sync.revisit") == 0);
    const sim::ItemRef next =
        two.stage.script().put(lee, "inbox", Letter("Next").id("m2").to(lee).tagged());
    two.stage.settle();
    CHECK(two.stage.categories(next) == Names{"CRM Tracked"});
}

TEST_CASE("an old message that left no decision is found by those who took part in it")
{
    Colleagues two;
    const Timestamp old = two.stage.now() - std::chrono::days(90);
    const auto copies = two.for_both(Letter("Offer").id("m1").to(kim, lee).at(old));
    two.stage.settle();
    REQUIRE(two.stage.number("SELECT count(*) FROM sync.decision") == 0);
    two.stage.script().tag(kim, copies[0].id, "CRM Track");
    two.stage.settle();
    CHECK(two.stage.categories(copies[1]) == Names{"CRM Tracked"});
    CHECK(two.links(two.lees) == shared);
}
