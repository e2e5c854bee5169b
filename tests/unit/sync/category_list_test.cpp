#include "support/run.hpp"
#include "sync/category_list.hpp"
#include "unit/sync/scripted_connector.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace crmsync;

TEST_CASE("our six categories have the names of the settings and colours of their own")
{
    Settings::Tracking tracking;
    tracking.track_category = "Bitte ablegen";
    const auto categories = sync::state_categories(tracking);
    REQUIRE(categories.size() == 6);
    CHECK(categories[0].name == "Bitte ablegen");
    std::set<std::string> names;
    std::set<int> colours;
    for (const MasterCategory& category : categories) {
        names.insert(category.name);
        colours.insert(category.color);
        CHECK(category.color >= 0);
        CHECK(category.color <= 24);
    }
    CHECK(names == std::set<std::string>{"Bitte ablegen", "CRM Tracked", "CRM Review",
                                         "CRM Refused", "CRM Failed", "CRM Stop"});
    CHECK(colours.size() == 6);
}

TEST_CASE("what the master list lacks is added, what is there in any spelling is left alone")
{
    test::ScriptedTurn turn;
    turn.connector.master_list = {{"Private", 3}, {"crm tracked", 9}, {" CRM Failed ", 0}};
    const sync::TurnContext context = turn.context();
    test::run(turn.io, sync::ensure_categories(context));
    std::vector<std::string> added;
    for (const MasterCategory& category : turn.connector.added)
        added.push_back(category.name);
    CHECK(added == std::vector<std::string>{"CRM Track", "CRM Review", "CRM Refused", "CRM Stop"});
}

TEST_CASE("a complete master list is not written to")
{
    test::ScriptedTurn turn;
    turn.connector.master_list = sync::state_categories(Settings::Tracking());
    const sync::TurnContext context = turn.context();
    test::run(turn.io, sync::ensure_categories(context));
    CHECK(turn.connector.additions == 0);
}
