#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox past its first pass; accounts Blue Yonder and Fabrikam.
struct Wishing {
    Stage stage;
    MailboxId mailbox = stage.mailbox(kim);

    Wishing()
    {
        stage.import("account", "external_id,name,domain\nB1,Blue Yonder,\nF1,Fabrikam,\n");
        stage.start();
        stage.settle();
    }
    sim::ItemRef put(const std::string& name, Names categories = {})
    {
        Letter letter = Letter(name).id(name).from("bo@elsewhere.example");
        for (std::string& category : categories)
            letter.tagged(std::move(category));
        const sim::ItemRef item = stage.script().put(kim, "inbox", letter);
        stage.settle();
        return item;
    }
    int stored()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
    std::string regarding()
    {
        return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                         "a.regarding_id");
    }
};

sim::Fault unreadable(const sim::ItemRef& item)
{
    sim::Fault fault;
    fault.method = "GET";
    fault.path = item.id;
    fault.count = -1;
    fault.status = 400;
    fault.code = "ErrorCorruptData";
    return fault;
}

} // namespace

TEST_CASE_METHOD(Wishing, "a wish that is withdrawn before it was read was never there")
{
    const sim::ItemRef item = put("m1");
    stage.script().tag(kim, item.id, "CRM Track");
    stage.script().untag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stored() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.write_back") == 0);
    CHECK(stage.categories(item).empty());
}

TEST_CASE_METHOD(Wishing, "a wish that is withdrawn between commit and answer is untracked")
{
    const sim::ItemRef item = put("m1");
    sim::Fault full;
    full.method = "PATCH";
    full.path = "/messages/";
    full.count = 4;
    stage.script().fail(full);
    stage.script().tag(kim, item.id, "CRM Track");
    REQUIRE(stage.until([&] { return stored() == 1; }));
    stage.script().untag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(20));
    CHECK(stored() == 0);
    CHECK(stage.categories(item).empty());
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
}

TEST_CASE_METHOD(Wishing,
                 "an inbox rule's tag that is withdrawn between commit and answer is untracked")
{
    sim::Fault full;
    full.method = "PATCH";
    full.path = "/messages/";
    full.count = 4;
    stage.script().fail(full);
    const sim::ItemRef item = stage.script().put(
        kim, "inbox", Letter("m1").id("m1").from("bo@elsewhere.example").tagged());
    REQUIRE(stage.until([&] { return stored() == 1; }));
    REQUIRE(stage.one("SELECT rule FROM sync.link") == "rule_tag");
    stage.script().untag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(20));
    CHECK(stored() == 0);
    CHECK(stage.categories(item).empty());
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
}

TEST_CASE_METHOD(Wishing, "a wish whose answer was given up can be withdrawn")
{
    const sim::ItemRef item = put("m1");
    sim::Fault refused;
    refused.method = "PATCH";
    refused.path = item.id;
    refused.count = -1;
    refused.status = 400;
    refused.code = "ErrorInvalidRequest";
    stage.script().fail(refused);
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    REQUIRE(stored() == 1);
    REQUIRE(stage.one("SELECT state FROM sync.write_back") == "given_up");
    stage.script().untag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stored() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
}

TEST_CASE_METHOD(Wishing, "a person's tag on what a rule tracked is that person's, answered or not")
{
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    stage.execute("UPDATE sync.mailbox SET mode = 'contacts'");
    stage.wake(mailbox);
    stage.settle();
    sim::Fault busy;
    busy.method = "PATCH";
    busy.path = "/messages/";
    busy.count = 4;
    stage.script().fail(busy);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("m1").id("m1"));
    REQUIRE(stage.until([&] { return stored() == 1; }));
    REQUIRE(stage.one("SELECT tracked_by FROM sync.link") == "rule");
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(20));
    CHECK(stage.one("SELECT tracked_by || ' ' || rule FROM sync.link") == "user hand_tag");
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Wishing, "what failed says so, can be asked for again, and is dismissed")
{
    const sim::ItemRef again = put("m1");
    const sim::ItemRef dismissed = put("m2");
    for (const sim::ItemRef* item : {&again, &dismissed}) {
        stage.script().fail(unreadable(*item));
        stage.script().tag(kim, item->id, "CRM Track");
    }
    stage.run_for(std::chrono::hours(3));
    stage.graph().faults.clear();
    REQUIRE(stage.categories(again) == Names{"CRM Failed"});
    REQUIRE(stage.categories(dismissed) == Names{"CRM Failed"});
    REQUIRE(stored() == 0);

    stage.script().tag(kim, again.id, "CRM Track");
    stage.script().untag(kim, dismissed.id, "CRM Failed");
    stage.settle();
    stage.script().tag(kim, dismissed.id, "Red");
    stage.settle();
    CHECK(stage.categories(again) == Names{"CRM Tracked"});
    CHECK(stage.categories(dismissed) == Names{"Red"});
    CHECK(stored() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.parked") == 0);
}

TEST_CASE_METHOD(Wishing, "what fails again on a new tag is tried as often, and says so again")
{
    const sim::ItemRef item = put("m1");
    sim::Fault broken = unreadable(item);
    broken.path = ",body"; // what it is about can be read
    broken.status = 500;   // which may pass
    broken.code = "ErrorInternalServerError";
    stage.script().fail(broken);
    const auto tries = [&] {
        return stage.number("SELECT count(*) FROM sync.event WHERE name = 'item_parked'");
    };
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::hours(3));
    REQUIRE(stage.categories(item) == Names{"CRM Failed"});
    const int tried = tries();
    REQUIRE(tried > 5);

    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Failed", "CRM Track"}); // not answered yet
    CHECK(tries() > tried);
    stage.run_for(std::chrono::hours(3));
    CHECK(stage.categories(item) == Names{"CRM Failed"});
    CHECK(tries() == 2 * tried);
    CHECK(stored() == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.parked WHERE next_attempt_at IS NULL") == 1);

    stage.graph().faults.clear();
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Wishing, "a phone's spelling of a label and of a tag is the same to us")
{
    const sim::ItemRef item = put("m1");
    stage.script().set_categories(kim, item.id, {"crm track", "crm:fabrikam"});
    stage.settle();
    CHECK(regarding() == "Fabrikam");
    CHECK(stage.categories(item) == Names{"crm:fabrikam", "CRM Tracked"});
}

TEST_CASE_METHOD(Wishing, "a label typed wrongly asks, and typed rightly answers")
{
    const sim::ItemRef item = put("m1");
    stage.script().set_categories(kim, item.id, {"CRM Track", "CRM: Fabricam"});
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM: Fabricam", "CRM Review"});
    CHECK(regarding().empty());
    stage.script().set_categories(kim, item.id, {"CRM: Fabrikam", "CRM Review"});
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM: Fabrikam", "CRM Tracked"});
    CHECK(regarding() == "Fabrikam");
}

TEST_CASE_METHOD(Wishing,
                 "a label typed wrongly beside the right one asks for as long as it stands")
{
    const sim::ItemRef item = put("m1");
    stage.script().set_categories(kim, item.id, {"CRM: Fabrikam", "CRM Track"});
    stage.settle();
    stage.script().tag(kim, item.id, "CRM: Fabricam");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM: Fabrikam", "CRM: Fabricam", "CRM Review"});
    CHECK(regarding() == "Fabrikam");
    stage.script().untag(kim, item.id, "CRM: Fabricam");
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM: Fabrikam", "CRM Tracked"});
    CHECK(regarding() == "Fabrikam");
}

TEST_CASE_METHOD(Wishing,
                 "a label typed wrongly in the place of the right one clears the regarding")
{
    const sim::ItemRef item = put("m1");
    stage.script().set_categories(kim, item.id, {"CRM: Fabrikam", "CRM Track"});
    stage.settle();
    stage.script().set_categories(kim, item.id, {"CRM: Fabricam", "CRM Tracked"});
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM: Fabricam", "CRM Review"});
    CHECK(regarding().empty());
    stage.script().set_categories(kim, item.id, {"CRM Review"});
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stored() == 1);
}

TEST_CASE_METHOD(Wishing, "two labels at once ask which")
{
    const sim::ItemRef item = put("m1");
    stage.script().set_categories(kim, item.id, {"CRM: Fabrikam", "CRM: Blue Yonder"});
    stage.settle();
    CHECK(stored() == 1);
    CHECK(regarding().empty());
    Names now = stage.categories(item);
    CHECK(std::count(now.begin(), now.end(), "CRM Review") == 1);
    stage.script().set_categories(kim, item.id, {"CRM: Blue Yonder", "CRM Review"});
    stage.settle();
    CHECK(regarding() == "Blue Yonder");
    CHECK(stage.categories(item) == Names{"CRM: Blue Yonder", "CRM Tracked"});
}

TEST_CASE_METHOD(Wishing,
                 "a label alone is a wish, is replaced by another, and taken off keeps the copy")
{
    const sim::ItemRef item = put("m1");
    stage.script().tag(kim, item.id, "CRM: Fabrikam");
    stage.settle();
    CHECK(stored() == 1);
    CHECK(regarding() == "Fabrikam");
    CHECK(stage.categories(item) == Names{"CRM: Fabrikam", "CRM Tracked"});
    stage.script().tag(kim, item.id, "CRM: Blue Yonder");
    stage.settle();
    CHECK(regarding() == "Blue Yonder");
    CHECK(stage.categories(item) == Names{"CRM Tracked", "CRM: Blue Yonder"});
    stage.script().untag(kim, item.id, "CRM: Blue Yonder");
    stage.settle();
    CHECK(regarding().empty());
    CHECK(stored() == 1);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Wishing, "five hundred tagged at once are all tracked and answered")
{
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < 500; ++i) {
        const std::string name = "m" + std::to_string(i);
        items.push_back(stage.script().put(kim, "inbox", Letter(name).id(name).tagged("Red")));
    }
    stage.settle();
    for (const sim::ItemRef& item : items)
        stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stored() == 500);
    CHECK(std::all_of(items.begin(), items.end(), [&](const sim::ItemRef& item) {
        return stage.categories(item) == Names{"Red", "CRM Tracked"};
    }));
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE rule = 'hand_tag'") == 500);
}

TEST_CASE_METHOD(Wishing, "a conversation tagged at once is tracked message by message")
{
    const sim::ItemRef first = put("m1");
    const sim::ItemRef answer =
        stage.script().put(kim, "archive", Letter("RE: m1").id("m2").in_reply_to("m1"));
    const sim::ItemRef last =
        stage.script().put(kim, "inbox", Letter("RE: m1").id("m3").in_reply_to("m2"));
    stage.settle();
    for (const sim::ItemRef* item : {&first, &answer, &last})
        stage.script().tag(kim, item->id, "CRM Track");
    stage.settle();
    CHECK(stored() == 3);
    for (const sim::ItemRef* item : {&first, &answer, &last})
        CHECK(stage.categories(*item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Wishing, "a tag on a message of five years ago tracks it")
{
    const Timestamp long_ago = stage.now() - std::chrono::days(5 * 365);
    const sim::ItemRef item =
        stage.script().put(kim, "archive", Letter("Old").id("m1").at(long_ago));
    stage.settle();
    REQUIRE(stored() == 0);
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(stored() == 1);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT rule FROM sync.link") == Stage::Rows{"hand_tag"});
}
