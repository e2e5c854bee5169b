#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr int mailboxes = 6;
constexpr int messages = 25;

std::string address(int n) { return "user" + std::to_string(n) + "@contoso.example"; }

/// The same tagged messages in every mailbox: each is one activity with a link a mailbox.
std::vector<sim::ItemRef> fill(Stage& stage)
{
    std::vector<sim::ItemRef> items;
    for (int box = 0; box < mailboxes; ++box)
        stage.mailbox(address(box));
    for (int n = 0; n < messages; ++n)
        for (int box = 0; box < mailboxes; ++box)
            items.push_back(stage.script().put(
                address(box), "inbox",
                Letter("Offer " + std::to_string(n)).id("m" + std::to_string(n)).tagged()));
    return items;
}

void check_everything_there_once(Stage& stage, const std::vector<sim::ItemRef>& items)
{
    CHECK(stage.number("SELECT count(*) FROM store.activity") == messages);
    CHECK(stage.number("SELECT count(DISTINCT message_id) FROM store.activity") == messages);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == messages * mailboxes);
    CHECK(stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0);
    for (const sim::ItemRef& item : items)
        CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

/// Writes that changed something: one an item, whoever made it.
int successful_writes(Stage& stage)
{
    int writes = 0;
    for (const sim::RecordEntry& entry : stage.graph().record.entries())
        writes += entry.operation == "message.patch" && entry.status < 300 ? 1 : 0;
    return writes;
}

} // namespace

TEST_CASE("two daemons share the mailboxes, and everything is done once")
{
    Stage stage;
    const auto items = fill(stage);
    std::map<int, int> answers; ///< of the provider, by daemon
    stage.on_step = [&](int daemon, std::string_view step) {
        answers[daemon] += step == "http.answer" ? 1 : 0;
    };
    stage.capacity = mailboxes / 2; // else the first one takes them all
    stage.start(1);
    stage.start(2);
    stage.settle();
    check_everything_there_once(stage, items);
    for (const int daemon : {1, 2}) {
        CHECK(stage.signals("claimed", daemon) == mailboxes / 2);
        CHECK(answers[daemon] > mailboxes / 2);
    }
    CHECK(successful_writes(stage) == messages * mailboxes);
}

TEST_CASE("what a daemon leaves in the middle, another one finishes")
{
    Stage stage;
    const auto items = fill(stage);
    int answers = 0;
    stage.on_step = [&](int daemon, std::string_view step) {
        if (daemon != 1 || step != "http.answer" || ++answers != 20)
            return;
        stage.halt(1);
        throw cut_off();
    };
    stage.start(1);
    CHECK_FALSE(stage.settle());
    REQUIRE(stage.halted(1));
    CHECK(stage.number("SELECT count(*) FROM sync.link") < messages * mailboxes);
    stage.start(2);
    stage.crash(1);
    stage.run_for(std::chrono::minutes(6));
    check_everything_there_once(stage, items);
}

TEST_CASE("daemons that come and go in turn lose nothing")
{
    Stage stage;
    const auto items = fill(stage);
    stage.start(1);
    for (int round = 2; round < 8; ++round) {
        stage.until([&] { return stage.number("SELECT count(*) FROM sync.link") > round * 10; },
                    std::chrono::minutes(2));
        stage.start(round);
        if (round % 2 == 0)
            stage.crash(round - 1);
        else
            stage.stop(round - 1);
    }
    stage.run_for(std::chrono::minutes(6));
    check_everything_there_once(stage, items);
}
