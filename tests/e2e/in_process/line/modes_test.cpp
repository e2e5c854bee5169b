#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

void import_ann(Stage& stage)
{
    stage.import("account", "external_id,name,domain\nA1,Adventure Works,adventure.example\n");
    stage.import("contact", "external_id,name,email,parent\nC1,Ann,ann@adventure.example,A1\n");
}

} // namespace

TEST_CASE("in mode manual nothing is asked about what nobody tagged")
{
    Stage stage;
    import_ann(stage);
    stage.mailbox(kim);
    for (int i = 0; i < 30; ++i)
        stage.script().put(kim, "inbox", Letter("Offer " + std::to_string(i)));
    stage.start();
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.decision WHERE outcome = 'ignored'") == 30);
    CHECK(stage.requests({"message.get", "message.patch", "attachments.list"}) == 0);
    CHECK(stage.privacy().justified() == 0);
}

TEST_CASE("in mode replies the answer to a tracked message is tracked")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    const sim::ItemRef reply =
        stage.script().put(kim, "inbox", Letter("Re: Offer").id("m2").in_reply_to("m1"));
    const sim::ItemRef other =
        stage.script().put(kim, "inbox", Letter("Re: Offer").id("m3").in_reply_to("m0"));
    stage.settle();
    CHECK(stage.categories(reply) == Names{"CRM Tracked"});
    CHECK(stage.categories(other) == Names{});
    CHECK(stage.rows("SELECT rule FROM sync.link ORDER BY tracked_at, rule") ==
          Stage::Rows{"hand_tag", "header_reference"});
}

TEST_CASE("in mode contacts mail of a known address is tracked, unless a machine sent it")
{
    Stage stage;
    import_ann(stage);
    stage.mailbox(kim, Mode::contacts);
    stage.start();
    stage.settle();
    const sim::ItemRef known = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    const sim::ItemRef automatic = stage.script().put(
        kim, "inbox", Letter("Away").id("m2").header("Auto-Submitted", "auto-replied"));
    const sim::ItemRef stranger =
        stage.script().put(kim, "inbox", Letter("Hello").id("m3").from("bo@blue.example"));
    stage.settle();
    CHECK(stage.categories(known) == Names{"CRM Tracked"});
    CHECK(stage.categories(automatic) == Names{});
    CHECK(stage.categories(stranger) == Names{});
    CHECK(stage.rows("SELECT a.subject || ' ' || r.external_id FROM crm.activity AS a JOIN "
                     "crm.record AS r ON r.id = a.regarding_id") == Stage::Rows{"Offer C1"});
    // The headers were looked at before the body, and of what a machine sent nothing else.
    const auto& record = stage.graph().record.entries();
    for (const sim::RecordEntry& entry : record)
        if (entry.item == automatic.id)
            CHECK_FALSE(entry.body);
}

TEST_CASE("the ceiling of the settings holds for every mailbox")
{
    Stage stage;
    import_ann(stage);
    stage.settings.tracking.ceiling_mode = "replies";
    stage.mailbox(kim, Mode::contacts);
    stage.start();
    stage.settle();
    stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 0);
}
