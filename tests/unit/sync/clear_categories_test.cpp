#include "support/run.hpp"
#include "sync/clear_categories.hpp"
#include "unit/sync/scripted_connector.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

struct Clearing {
    boost::asio::io_context io;
    ManualClock clock{monday()};
    ScriptedConnector connector;
    match::Policy policy = match::make_policy(Settings());
    CategoryClearing clearing{connector, clock, policy};

    ItemKey has(const std::string& id, Names categories)
    {
        Item item = message().categories(std::move(categories));
        item.key = ItemKey{MailboxId(1), id};
        item.version = Version("v-" + id);
        connector.items[id] = item;
        return item.key;
    }
    void clear(std::vector<ItemKey> keys)
    {
        const auto arrival = start(io, clearing.clear(std::move(keys)));
        clock.run_until(
            io, [&] { return arrival->here; }, clock.now() + std::chrono::hours(1));
        REQUIRE(arrival->here);
        arrival->take();
    }
};

} // namespace

TEST_CASE_METHOD(Clearing, "ours go, and everybody else's stay to the letter and in their order")
{
    clear({has("a", {"Red", "CRM Tracked", " red ", "CRM: Adventure Works", "Red"}),
           has("b", {"Red"}), has("c", {"crm review"})});
    REQUIRE(connector.written.size() == 2);
    CHECK(connector.written[0].categories == Names{"Red", " red ", "Red"});
    CHECK(connector.written[0].expected == Version("v-a"));
    CHECK(connector.written[1].categories.empty());
    CHECK(clearing.report().looked_at == 3);
    CHECK(clearing.report().cleared == 2);
}

TEST_CASE_METHOD(Clearing, "an item that changed in between is read again")
{
    const ItemKey key = has("a", {"CRM Tracked", "Red"});
    connector.write_answers.push_back({WriteAnswer(Conflict{})});
    clear({key});
    CHECK(connector.written.size() == 2);
    CHECK(clearing.report().cleared == 1);
}

TEST_CASE_METHOD(Clearing, "one that changes for ever, or takes no write, is counted and left")
{
    const ItemKey key = has("a", {"CRM Tracked"});
    for (int i = 0; i < 20; ++i)
        connector.write_answers.push_back({WriteAnswer(Conflict{})});
    clear({key});
    CHECK(connector.written.size() < 20);
    CHECK(clearing.report().refused == 1);
    connector.write_answers.clear();
    connector.write_answers.push_back({WriteAnswer(WriteRefused{"graph.item_corrupt", "", false})});
    clear({key});
    CHECK(clearing.report().refused == 2);
}

TEST_CASE_METHOD(Clearing, "a pause the provider asks for is waited out, a long one is told")
{
    const ItemKey key = has("a", {"CRM Tracked"});
    Deferred pause;
    pause.advice = std::chrono::seconds(40);
    connector.write_answers.push_back({WriteAnswer(pause)});
    const Timestamp before = clock.now();
    clear({key});
    CHECK(clock.now() - before >= std::chrono::seconds(40));
    CHECK(clearing.report().cleared == 1);
    pause.advice = std::chrono::hours(1);
    pause.failure = "graph.throttled";
    connector.write_answers.push_back({WriteAnswer(pause)});
    CHECK_THROWS_AS(clear({key}), Failure);
}

TEST_CASE_METHOD(Clearing, "a draft is not written to")
{
    has("a", {"CRM Track"});
    connector.items["a"]->message().draft = true;
    clear({ItemKey{MailboxId(1), "a"}});
    CHECK(connector.written.empty());
}

TEST_CASE_METHOD(Clearing, "what a search finds is cleared until it finds nothing new")
{
    has("a", {"CRM Refused"});
    has("b", {"CRM Refused"});
    connector.categorised = {{*connector.items["a"]},
                             {*connector.items["b"]},
                             {*connector.items["b"]},
                             {*connector.items["a"]}};
    run(io, clearing.clear_found({"CRM Refused", false}));
    CHECK(clearing.report().cleared == 2);
    CHECK(connector.categorised.size() == 1);
}

TEST_CASE_METHOD(Clearing, "of the master list only our names go")
{
    connector.master_list = {{"Red", 0}, {"CRM Track", 7}, {"crm tracked", 4}, {"CRM: Renewal", 7}};
    run(io, clearing.clear_master_list());
    REQUIRE(connector.master_list.size() == 1);
    CHECK(connector.master_list.front().name == "Red");
}
