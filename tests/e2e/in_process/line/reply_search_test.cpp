#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

int searches(const Stage& stage) { return stage.requests({"messages.list"}); }

} // namespace

TEST_CASE("what a colleague forwards of a stored thread is no reason to search the mailbox")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.script().tag(kim, first.id, "CRM Track");
    stage.settle();
    REQUIRE(stage.categories(first) == Names{"CRM Tracked"});
    const int asked = searches(stage);
    stage.script().put(kim, "inbox", Letter("FW: Offer").from(lee).id("m2").in_reply_to("m1"));
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(searches(stage) == asked);
}

TEST_CASE("a search that fails holds up nothing, and is tried again")
{
    Stage stage;
    stage.mailbox(kim, Mode::replies);
    stage.start();
    stage.settle();
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    const sim::ItemRef answer =
        stage.script().put(kim, "inbox", Letter("Re: Offer").id("m2").in_reply_to("m1"));
    const sim::ItemRef other = stage.script().put(kim, "inbox", Letter("Visit").id("m3").tagged());
    stage.settle();
    sim::Fault slow;
    slow.path = "singleValueExtendedProperties/any(";
    slow.status = 504;
    slow.code = "ErrorTimeoutExpired";
    slow.count = -1;
    stage.script().fail(std::move(slow));
    stage.script().tag(kim, first.id, "CRM Track");
    stage.script().untag(kim, other.id, "CRM Tracked");
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.categories(first) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.revisit") == 1);
    CHECK(stage.categories(answer).empty());

    stage.graph().faults.clear();
    stage.run_for(std::chrono::minutes(20));
    CHECK(stage.categories(answer) == Names{"CRM Tracked"});
}

TEST_CASE("a folder made after the first pass has none, though it could not be read at first")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const std::string folder = stage.script().create_folder(kim, "inbox", "Projects").id;
    sim::Fault unreadable;
    unreadable.path = "/mailFolders/" + folder + "/messages";
    unreadable.status = 500;
    unreadable.count = 20;
    stage.script().fail(unreadable);
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.folder WHERE last_failure <> ''") == 1);
    const sim::ItemRef item = stage.script().put(kim, folder, Letter().id("m1"));
    stage.graph().faults.clear();
    stage.script().tag(kim, item.id, "CRM Tracked");
    stage.run_for(std::chrono::hours(2));
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'orphan_category'") == 0);
}
