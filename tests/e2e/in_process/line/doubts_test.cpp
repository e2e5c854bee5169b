#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

Names sorted(Names names)
{
    std::sort(names.begin(), names.end());
    return names;
}

int writes(const Stage& stage) { return stage.requests({"message.patch"}); }

int stored(Stage& stage)
{
    return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
}

/// The first batch that comes is the one that adds to the master list.
void hold_next_batch(Stage& stage)
{
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::hold;
    fault.method = "POST";
    fault.path = "$batch";
    stage.script().fail(std::move(fault));
}

} // namespace

// Each of them alone changes nothing (provider_test.cpp); here is what it could have changed.

TEST_CASE("an item on which the provider works again after each write is written once")
{
    Stage stage;
    stage.graph().switches.touch_after_write = true;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.start();
    stage.settle();
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(writes(stage) == 1);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stored(stage) == 0);
    CHECK(writes(stage) == 1);
}

TEST_CASE("names that come back in another order are the same names")
{
    Stage stage;
    stage.graph().switches.reverse_categories = true;
    stage.mailbox(kim);
    Letter letter("Offer");
    letter.id("m1").tagged("Zebra").tagged("Amber").tagged();
    const sim::ItemRef item = stage.script().put(kim, "inbox", letter);
    stage.start();
    stage.settle();
    CHECK(sorted(stage.categories(item)) == Names{"Amber", "CRM Tracked", "Zebra"});
    stage.script().mark_read(kim, item.id);
    stage.settle();
    CHECK(writes(stage) == 1);
    CHECK(stored(stage) == 1);
}

TEST_CASE("a name of ours in the master list's own spelling is ours, and is not written anew")
{
    Stage stage;
    stage.graph().switches.master_spelling = true;
    stage.mailbox(kim);
    stage.script().mailbox(kim).categories().push_back({"own", "crm tracked", "preset4"});
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.start();
    stage.settle();
    stage.settle();
    CHECK(stage.categories(item) == Names{"crm tracked"});
    CHECK(writes(stage) == 1);
    stage.script().untag(kim, item.id, "crm tracked");
    stage.settle();
    CHECK(stored(stage) == 0);
    CHECK(stage.categories(item).empty());
}

TEST_CASE("a name that somebody adds to the master list before us is no failure, whatever it is "
          "refused with")
{
    Stage stage;
    stage.graph().switches.bad_request_on_double = GENERATE(false, true);
    stage.mailbox(kim);
    hold_next_batch(stage);
    stage.start();
    REQUIRE(stage.until([&] { return stage.script().held() > 0; }, std::chrono::minutes(3), true));
    auto& list = stage.script().mailbox(kim).categories();
    REQUIRE(std::none_of(list.begin(), list.end(),
                         [](const auto& one) { return one.display_name.starts_with("CRM"); }));
    list.push_back({"own", "CRM Track", "preset7"});
    stage.script().release();
    stage.settle();
    const auto listed = [&](std::string_view name) {
        return std::count_if(list.begin(), list.end(),
                             [&](const auto& one) { return one.display_name == name; });
    };
    CHECK(listed("CRM Track") == 1);
    CHECK(listed("CRM Tracked") == 1);
    CHECK(listed("CRM Failed") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'categories_missing'") == 0);
}

TEST_CASE("where only names of the master list can be written, ours are in it before")
{
    Stage stage;
    stage.graph().switches.refuse_unknown_category = true;
    stage.mailbox(kim);
    const sim::ItemRef item =
        stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged().tagged("Red"));
    stage.start();
    stage.settle();
    CHECK(stage.categories(item) == Names{"Red", "CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
}

TEST_CASE(
    "where a name of ours was deleted from such a list, the copy is stored, and the answer given "
    "once the name is there again and somebody asks")
{
    Stage stage;
    stage.settings.sync.poll_interval = std::chrono::minutes(10);
    stage.graph().switches.refuse_unknown_category = true;
    stage.mailbox(kim);
    stage.start();
    stage.run_for(std::chrono::minutes(25));
    auto& list = stage.script().mailbox(kim).categories();
    std::erase_if(list, [](const auto& one) { return one.display_name == "CRM Tracked"; });
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.run_for(std::chrono::minutes(25));
    CHECK(stored(stage) == 1);
    CHECK(stage.categories(item) == Names{"CRM Track"});
    CHECK(stage.one("SELECT state FROM sync.write_back") == "given_up");

    stage.run_for(std::chrono::hours(25)); // the list is looked at once a day
    REQUIRE(std::any_of(list.begin(), list.end(),
                        [](const auto& one) { return one.display_name == "CRM Tracked"; }));
    stage.script().untag(kim, item.id, "CRM Track");
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(25));
    CHECK(stored(stage) == 1);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}
