#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("of many that leave a folder and come back, one that was tagged meanwhile is tracked")
{
    const bool searchable = GENERATE(true, false);
    Stage stage;
    stage.graph().switches.refuse_category_filter = !searchable;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < 60; ++i)
        items.push_back(
            stage.script().put(kim, "inbox", Letter("Offer").id("m" + std::to_string(i))));
    stage.settle();
    const int looked_up = stage.requests({"message.get"});
    for (const sim::ItemRef& item : items) {
        stage.script().move(kim, item.id, "archive");
        if (&item == &items[40])
            stage.script().tag(kim, item.id, "CRM Track");
        stage.script().move(kim, item.id, "inbox");
    }
    stage.settle();
    // Of none of the others anything was asked.
    CHECK(stage.requests({"message.get"}) - looked_up <= 4);
    // Where the mailbox refuses to be searched, nobody tells of it before it changes.
    if (!searchable)
        stage.script().tag(kim, items[40].id, "Mine");
    stage.settle();
    CHECK(stage.categories(items[40]).back() == "CRM Tracked");
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
}
