#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Two accounts that a short label could mean, and one that it could not.
void import_accounts(Stage& stage)
{
    stage.import("account", "external_id,name,domain\nA1,Adventure Works,adventure.example\n"
                            "B1,Blue Yonder,\nB2,Blue Airlines,\n");
}

std::string regarding(Stage& stage)
{
    return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                     "a.regarding_id");
}

} // namespace

TEST_CASE("a message tagged by hand becomes an activity and says Tracked")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.start();
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 0);

    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT concat_ws('|', subject, message_id, direction, kind, body) FROM "
                     "crm.activity") == Stage::Rows{"Offer|m1@mail.example|incoming|email|" +
                                                    stage.one("SELECT body FROM crm.activity")});
    CHECK(stage.one("SELECT body FROM crm.activity").find("Dear all") != std::string::npos);
    CHECK(stage.rows("SELECT concat_ws('|', tracked_by, rule) FROM sync.link") ==
          Stage::Rows{"user|hand_tag"});
    CHECK(stage.rows("SELECT concat_ws('|', role, address) FROM crm.activity_party ORDER BY 1") ==
          Stage::Rows{"from|ann@adventure.example", "to|kim@contoso.example"});
    CHECK(stage.privacy().justified() > 0);
}

TEST_CASE("Tracked set by a person after the first pass is a wish too")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter());
    stage.start();
    stage.settle();
    stage.script().tag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.rows("SELECT rule FROM sync.link") == Stage::Rows{"tracked_by_hand"});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("Tracked set by a person is taken off as an untrack, like one that was written")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter());
    stage.start();
    stage.settle();
    stage.script().tag(kim, item.id, "CRM Tracked");
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 1);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
}

TEST_CASE("Tracked from before the mailbox was read never becomes a wish by itself", "[slow]")
{
    Stage stage;
    const MailboxId mailbox = stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().tagged("CRM Tracked"));
    stage.run_for(std::chrono::minutes(1));
    stage.start();
    stage.settle();
    const auto stored = [&] { return stage.number("SELECT count(*) FROM crm.activity"); };
    REQUIRE(stored() == 0);

    int noted = 1;
    SECTION("when something else changes") { stage.script().tag(kim, item.id, "Blue"); }
    SECTION("when something else changes long after")
    {
        stage.execute("UPDATE sync.decision SET decided_at = decided_at - interval '1 year'");
        stage.run_for(std::chrono::hours(26)); // old rows are purged daily
        stage.script().tag(kim, item.id, "Blue");
    }
    SECTION("on a resync") { stage.resync(mailbox); }
    SECTION("on a resync without its row")
    {
        stage.execute("DELETE FROM sync.decision");
        stage.resync(mailbox);
        noted = 2;
    }
    SECTION("when the folder is read again")
    {
        stage.execute("DELETE FROM sync.decision");
        stage.script().expire_cursors(kim);
        noted = 2;
    }
    stage.settle();
    CHECK(stored() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'orphan_category'") == noted);

    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    stage.script().tag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stored() == 1);
}

TEST_CASE("a tag that came with a new message is a rule's")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().tagged());
    stage.settle();
    CHECK(stage.rows("SELECT concat_ws('|', tracked_by, rule) FROM sync.link") ==
          Stage::Rows{"rule|rule_tag"});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("a rule's tag on internal mail is refused, a person's is not")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef by_rule =
        stage.script().put(kim, "inbox", Letter("Lunch").from(lee).tagged());
    const sim::ItemRef by_hand = stage.script().put(kim, "inbox", Letter("Plan").from(lee));
    stage.settle();
    stage.script().tag(kim, by_hand.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(by_rule) == Names{"CRM Refused"});
    CHECK(stage.categories(by_hand) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT subject FROM crm.activity") == Stage::Rows{"Plan"});
}

TEST_CASE("what was refused is still known as refused when the answer comes back")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    stage.script().put(kim, "inbox", Letter("Lunch").from(lee).tagged());
    stage.settle();
    stage.settle();
    CHECK(stage.rows("SELECT concat_ws('|', outcome, rule) FROM sync.decision") ==
          Stage::Rows{"refused|gate_internal_only"});
}

TEST_CASE("a label sets the regarding, and taking it off clears it")
{
    Stage stage;
    import_accounts(stage);
    stage.mailbox(kim);
    const sim::ItemRef item =
        stage.script().put(kim, "inbox", Letter().from("bo@elsewhere.example"));
    stage.start();
    stage.settle();
    stage.script().tag(kim, item.id, "CRM: blue yonder");
    stage.settle();
    CHECK(regarding(stage) == "Blue Yonder");
    CHECK(stage.categories(item) == Names{"CRM: blue yonder", "CRM Tracked"});

    stage.script().untag(kim, item.id, "CRM: blue yonder");
    stage.settle();
    CHECK(regarding(stage).empty());
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("a label nobody knows, or that means two records, asks for a review")
{
    Stage stage;
    import_accounts(stage);
    stage.mailbox(kim);
    const sim::ItemRef unknown = stage.script().put(kim, "inbox", Letter("One"));
    const sim::ItemRef ambiguous = stage.script().put(kim, "inbox", Letter("Two"));
    stage.start();
    stage.settle();
    stage.script().tag(kim, unknown.id, "CRM: Nobody");
    stage.script().tag(kim, ambiguous.id, "CRM: Blue");
    stage.settle();
    CHECK(stage.categories(unknown) == Names{"CRM: Nobody", "CRM Review"});
    CHECK(stage.categories(ambiguous) == Names{"CRM: Blue", "CRM Review"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);

    // The person chooses: the question is over.
    stage.script().set_categories(kim, ambiguous.id, {"CRM: Blue Airlines", "CRM Review"});
    stage.settle();
    CHECK(stage.categories(ambiguous) == Names{"CRM: Blue Airlines", "CRM Tracked"});
    CHECK(regarding(stage) == "Blue Airlines");
}
