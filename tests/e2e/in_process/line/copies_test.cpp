#include "e2e/in_process/letters.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

std::string owner(Stage& stage)
{
    return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                     "a.owner_id");
}

/// The same message in both mailboxes, seen by the daemon, untagged.
std::vector<sim::ItemRef> one_for_both(Stage& stage)
{
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    const sim::Mail mail = Letter("Both").id("both").to(kim, lee);
    std::vector<sim::ItemRef> copies{stage.script().put(kim, "inbox", mail),
                                     stage.script().put(lee, "inbox", mail)};
    stage.settle();
    return copies;
}

} // namespace

TEST_CASE("one message in several mailboxes is one activity with several links")
{
    if (cannot_hold("keep_modified_time", "who tagged first is told by lastModifiedDateTime alone"))
        return;
    Stage stage;
    const auto copies = one_for_both(stage);
    stage.script().tag(lee, copies[1].id, "CRM Track");
    stage.settle();
    stage.script().tag(kim, copies[0].id, "CRM Track");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 2);
    CHECK(stage.categories(copies[0]) == Names{"CRM Tracked"});
    CHECK(stage.categories(copies[1]) == Names{"CRM Tracked"});
    // Who tagged first owns it, whatever came later.
    CHECK(owner(stage) == lee);
}

TEST_CASE("the same message tagged in both at once is stored once")
{
    Stage stage;
    const auto copies = one_for_both(stage);
    stage.script().tag(kim, copies[0].id, "CRM Track");
    stage.script().tag(lee, copies[1].id, "CRM Track");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 2);
    CHECK(owner(stage) == kim);
}

TEST_CASE("an untrack in one mailbox leaves the other's copy and passes ownership on")
{
    Stage stage;
    const auto copies = one_for_both(stage);
    stage.script().tag(kim, copies[0].id, "CRM Track");
    stage.settle();
    stage.script().tag(lee, copies[1].id, "CRM Track");
    stage.settle();
    CHECK(owner(stage) == kim);
    stage.script().untag(kim, copies[0].id, "CRM Tracked");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 1);
    CHECK(owner(stage) == lee);
    CHECK(stage.categories(copies[1]) == Names{"CRM Tracked"});
}

TEST_CASE("a copy within the mailbox is a second link, not a second activity")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    stage.start();
    stage.settle();
    stage.script().copy(kim, item.id, "archive");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 2);
}

TEST_CASE("a copy of what a person tagged is that person's, too")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1"));
    stage.settle();
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    const sim::ItemRef copied = stage.script().copy(kim, item.id, "archive");
    stage.settle();
    CHECK(stage.rows("SELECT tracked_by FROM sync.link") == Stage::Rows{"user", "user"});
    CHECK(stage.categories(copied) == std::vector<std::string>{"CRM Tracked"});

    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.rows("SELECT tracked_by FROM sync.link") == Stage::Rows{"user"});
    CHECK(owner(stage) == kim);
}

TEST_CASE("a copy of a colleague's made in a folder that is never tracked says nothing of ours")
{
    Stage stage;
    stage.settings.privacy.never_folders = {"archive"};
    const auto copies = one_for_both(stage);
    stage.script().tag(lee, copies[1].id, "CRM Track");
    stage.settle();
    REQUIRE(stage.categories(copies[0]) == Names{"CRM Tracked"});
    const sim::ItemRef copied = stage.script().copy(kim, copies[0].id, "archive");
    stage.settle();
    CHECK(stage.categories(copied) == Names{});
    CHECK(stage.categories(copies[0]) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 2);
}

TEST_CASE("Bcc is known from the sender's copy only")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const auto copies = stage.script().deliver(
        Letter("Offer").id("m1").from(kim).to(ann).bcc("eve@fabrikam.example"));
    stage.settle();
    stage.script().tag(kim, copies.front().id, "CRM Track");
    stage.settle();
    CHECK(stage.rows("SELECT direction FROM crm.activity") == Stage::Rows{"outgoing"});
    CHECK(stage.rows("SELECT address FROM crm.activity_party WHERE role = 'bcc'") ==
          Stage::Rows{"eve@fabrikam.example"});
}

TEST_CASE("a message whose sender is an X.500 name in one mailbox is one activity with the others")
{
    const bool name_first = GENERATE(true, false);
    Stage stage;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.start();
    stage.settle();
    Letter letter = Letter("Both").id("both").to(kim, lee).cc("bo@blue.example");
    const sim::ItemRef lees = stage.script().put(lee, "inbox", letter);
    letter.from("/O=EXCHANGELABS/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=ANN");
    const sim::ItemRef kims = stage.script().put(kim, "inbox", letter);
    stage.settle();
    stage.script().tag(name_first ? kim : lee, name_first ? kims.id : lees.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(kims) == Names{"CRM Tracked"});
    CHECK(stage.categories(lees) == Names{"CRM Tracked"});
    stage.script().tag(name_first ? lee : kim, name_first ? lees.id : kims.id, "CRM Track");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
    CHECK(stage.rows("SELECT tracked_by FROM sync.link") == Stage::Rows{"user", "user"});
}
