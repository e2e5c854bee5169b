#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox, where a draft is written and sent.
struct Writing {
    explicit Writing(Mode mode, bool sent_items = true)
    {
        stage.settings.tracking.sent_items = sent_items;
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        stage.mailbox(kim, mode);
        stage.start();
        stage.settle();
    }
    sim::ItemRef sent_to(const std::string& address)
    {
        const sim::ItemRef draft = stage.script().draft(
            kim, Letter("Our offer").id("o" + std::to_string(++number)).from(kim).to(address));
        stage.script().send(kim, draft.id);
        stage.settle();
        return draft; // the same item, in Sent Items
    }
    int activities() { return stage.number("SELECT count(*) FROM crm.activity"); }

    Stage stage;
    int number = 0;
};

} // namespace

TEST_CASE("a sent message that a person tags is an outgoing activity")
{
    Writing writing(Mode::manual);
    const sim::ItemRef item = writing.sent_to(ann);
    CHECK(writing.activities() == 0);
    writing.stage.script().tag(kim, item.id, "CRM Track");
    writing.stage.settle();
    CHECK(writing.stage.rows("SELECT direction FROM crm.activity") == Stage::Rows{"outgoing"});
    CHECK(writing.stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("in mode contacts what is sent to a contact is tracked, and to a stranger not")
{
    Writing writing(Mode::contacts);
    CHECK(writing.stage.categories(writing.sent_to(ann)) == Names{"CRM Tracked"});
    CHECK(writing.stage.categories(writing.sent_to("bo@blue.example")) == Names{});
}

TEST_CASE("in mode replies an answer that is sent to a tracked message is tracked")
{
    Writing writing(Mode::replies);
    Stage& stage = writing.stage;
    const sim::ItemRef asked = stage.script().put(kim, "inbox", Letter("Question").id("q1"));
    stage.settle();
    stage.script().tag(kim, asked.id, "CRM Track");
    stage.settle();
    stage.script().answer(kim, asked.id);
    stage.settle();
    CHECK(stage.rows("SELECT direction FROM crm.activity ORDER BY 1") ==
          Stage::Rows{"incoming", "outgoing"});
}

TEST_CASE("without sent items no rule tracks what is sent, and a person still may")
{
    Writing writing(Mode::contacts, false);
    const sim::ItemRef item = writing.sent_to(ann);
    CHECK(writing.activities() == 0);
    writing.stage.script().tag(kim, item.id, "CRM Track");
    writing.stage.settle();
    CHECK(writing.activities() == 1);
}
