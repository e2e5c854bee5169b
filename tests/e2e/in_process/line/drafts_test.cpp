#include "e2e/in_process/letters.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim writes to Ann; nothing is tracked but by a tag.
struct Desk {
    Desk()
    {
        stage.import("account", "external_id,name\nA1,Fabrikam\n");
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        stage.mailbox(kim, Mode::manual);
        stage.start();
        stage.settle();
        draft = stage.script().draft(kim, Letter("Our offer").id("o1").from(kim).to(ann));
    }
    void tag(const std::string& category)
    {
        stage.script().tag(kim, draft.id, category);
        stage.settle();
    }
    sim::ItemRef send()
    {
        const sim::ItemRef sent = stage.script().send(kim, draft.id).front();
        stage.settle();
        return sent;
    }
    int activities()
    {
        return stage.number("SELECT count(*) FROM store.activity WHERE deleted_at IS NULL");
    }
    int intents() { return stage.number("SELECT count(*) FROM sync.intent"); }
    std::string tracked() { return stage.one("SELECT tracked_by || ' ' || rule FROM sync.link"); }

    Stage stage;
    sim::ItemRef draft;
};

} // namespace

TEST_CASE("a tag on a draft waits for the sent copy; the draft itself is never written to")
{
    Desk desk;
    desk.tag("CRM Track");
    CHECK(desk.activities() == 0);
    CHECK(desk.stage.categories(desk.draft) == Names{"CRM Track"});
    CHECK(desk.stage.requests({"message.patch"}) == 0);
    const sim::ItemRef sent = desk.send();
    CHECK(desk.activities() == 1);
    // Where the sending loses the tag it is the draft's that counts.
    const bool lost = in_doubt("lose_categories_on_send");
    CHECK(desk.tracked() == (lost ? "user draft_tag" : "user hand_tag"));
    CHECK(desk.stage.categories(sent) == Names{"CRM Tracked"});
    CHECK(desk.intents() == 0);
}

TEST_CASE("a draft's tag counts although the sent copy has lost it")
{
    Desk desk;
    desk.stage.graph().switches.lose_categories_on_send = true;
    desk.tag("CRM Track");
    const sim::ItemRef sent = desk.send();
    CHECK(desk.tracked() == "user draft_tag");
    CHECK(desk.stage.categories(sent) == Names{"CRM Tracked"});
    desk.stage.script().untag(kim, sent.id, "CRM Tracked");
    desk.stage.settle();
    CHECK(desk.tracked().empty());
    CHECK(desk.activities() == 0);
}

TEST_CASE("a client that sends a draft as a new item: the intent is found by its Message-ID")
{
    Desk desk;
    desk.stage.graph().switches.new_item_on_send = true;
    const bool lost = GENERATE(false, true);
    desk.stage.graph().switches.lose_categories_on_send = lost;
    desk.tag("CRM Track");
    const sim::ItemRef sent = desk.send();
    CHECK(sent.id != desk.draft.id);
    CHECK(desk.tracked() == (lost ? "user draft_tag" : "user hand_tag"));
    CHECK(desk.stage.categories(sent) == Names{"CRM Tracked"});
    CHECK(desk.intents() == 0);
}

TEST_CASE("the sent copy may come long after its draft went: a daemon was away meanwhile")
{
    Desk desk;
    desk.stage.graph().switches.new_item_on_send = true;
    desk.stage.graph().switches.lose_categories_on_send = true;
    desk.tag("CRM Track");
    desk.stage.stop();
    desk.stage.script().send(kim, desk.draft.id);
    desk.stage.run_for(std::chrono::hours(100));
    desk.stage.start();
    desk.stage.settle();
    CHECK(desk.tracked() == "user draft_tag");
}

TEST_CASE("a label on a draft is the regarding of what is sent, although the sending lost it")
{
    Desk desk;
    desk.stage.graph().switches.lose_categories_on_send = true;
    desk.tag("CRM: Fabrikam");
    const sim::ItemRef sent = desk.send();
    CHECK(desk.stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                         "a.regarding_id") == "Fabrikam");
    CHECK(desk.stage.categories(sent) == Names{"CRM Tracked", "CRM: Fabrikam"});
}

TEST_CASE("a tag that is taken off the draft again is forgotten")
{
    Desk desk;
    desk.stage.graph().switches.lose_categories_on_send = true;
    desk.tag("CRM Track");
    CHECK(desk.intents() == 1);
    desk.stage.script().untag(kim, desk.draft.id, "CRM Track");
    desk.stage.settle();
    CHECK(desk.intents() == 0);
    desk.send();
    CHECK(desk.activities() == 0);
}

TEST_CASE("a deleted draft drops the intent", "[slow]")
{
    Desk desk;
    desk.tag("CRM Track");
    REQUIRE(desk.intents() == 1);
    SECTION("moved to Deleted Items: at once")
    {
        desk.stage.script().remove(kim, desk.draft.id);
        desk.stage.settle();
        CHECK(desk.intents() == 0);
    }
    SECTION("erased: it may have been sent as a new item, which can take a day to show")
    {
        desk.stage.script().remove(kim, desk.draft.id, true);
        desk.stage.settle();
        CHECK(desk.intents() == 1);
        desk.stage.run_for(std::chrono::hours(25));
        CHECK(desk.intents() == 0);
    }
    CHECK(desk.activities() == 0);
}

TEST_CASE("a refused intent is refused on the sent copy, and can be repeated there")
{
    Desk desk;
    desk.stage.script().item(kim, desk.draft.id).message_class = "IPM.Note.SMIME";
    desk.stage.graph().switches.lose_categories_on_send = GENERATE(false, true);
    desk.tag("CRM Track");
    const sim::ItemRef sent = desk.send();
    CHECK(desk.stage.categories(sent) == Names{"CRM Refused"});
    desk.stage.script().tag(kim, sent.id, "CRM Track");
    desk.stage.settle();
    CHECK(desk.stage.categories(sent) == Names{"CRM Refused"});
    CHECK(desk.intents() == 0);
    CHECK(desk.activities() == 0);
}

TEST_CASE("the intent of a sent copy that cannot be read yet is not forgotten")
{
    Desk desk;
    desk.stage.graph().switches.lose_categories_on_send = true;
    desk.tag("CRM Track");
    sim::Fault fault;
    fault.method = "GET";
    fault.path = "/messages/" + desk.draft.id;
    fault.count = 3;
    desk.stage.script().fail(fault);
    desk.stage.script().send(kim, desk.draft.id);
    desk.stage.run_for(std::chrono::hours(2));
    CHECK(desk.tracked() == "user draft_tag");
}

TEST_CASE("of mail to oneself the sent copy answers for the draft, not the one that arrives first")
{
    Desk desk;
    desk.stage.graph().switches.new_item_on_send = true;
    desk.stage.graph().switches.lose_categories_on_send = true;
    const sim::ItemRef note =
        desk.stage.script().draft(kim, Letter("A note").id("n1").from(kim).to(ann).cc(kim));
    desk.stage.script().tag(kim, note.id, "CRM Track");
    desk.stage.settle();
    const auto copies = desk.stage.script().send(kim, note.id);
    REQUIRE(copies.size() == 2);
    desk.stage.settle();
    CHECK(desk.activities() == 1);
    CHECK(desk.stage.categories(copies[0]) == Names{"CRM Tracked"});
    CHECK(desk.stage.one("SELECT tracked_by || ' ' || rule FROM sync.link WHERE item_id = '" +
                         copies[0].id + "'") == "user draft_tag");
    CHECK(desk.intents() == 0);
}
