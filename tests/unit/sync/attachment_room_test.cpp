#include "support/run.hpp"
#include "sync/attachment_fetcher.hpp"
#include "unit/sync/scripted_connector.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;
using namespace crmsync::test;

namespace {

constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr int units_of_a_mebibyte = static_cast<int>(mebibyte / PageLanes::content_unit);

/// Attachments of so many bytes each, as their item tells, fetched within the room of a process.
struct Fetching {
    Fetching()
    {
        Settings settings = Planning::settings();
        settings.attachments.max_bytes = 1024 * mebibyte;
        turn.planning.rules = make_snapshot(settings);
        context.rules = turn.planning.rules;
        context.lanes = &lanes;
    }
    Gate::Permit hold(Gate& gate, int units) { return run(turn.io, gate.enter(units)); }
    std::shared_ptr<Arrival<void>> fetch(std::vector<std::int64_t> sizes)
    {
        FetchedBody body;
        body.key = {MailboxId(1), "a"};
        for (const std::int64_t size : sizes) {
            AttachmentHead& head = body.attachments.emplace_back();
            head.id = "f" + std::to_string(body.attachments.size());
            head.name = head.id + ".pdf";
            head.size = size;
            turn.connector.attachments[head.id].bytes = "contents";
        }
        ledgers.push_back(
            std::make_unique<Ledger>(make_ledger(body, context.rules->settings.attachments)));
        auto arrival = start(turn.io, fetch_contents(context, {ledgers.back().get()}));
        go_on();
        return arrival;
    }
    /// As far as it goes by itself.
    void go_on()
    {
        turn.io.restart();
        turn.io.poll();
    }
    std::size_t asked_for() const { return turn.connector.fetched_attachments.size(); }

    ScriptedTurn turn;
    PageLanes lanes{turn.clock};
    TurnContext context = turn.context();
    std::vector<std::unique_ptr<Ledger>> ledgers;
};

} // namespace

TEST_CASE_METHOD(Fetching, "contents are asked for once there is room in memory for all of them")
{
    Gate::Permit others =
        hold(lanes.memory, PageLanes::contents_in_memory - 4 * units_of_a_mebibyte + 1);
    const auto four = fetch({mebibyte, mebibyte, mebibyte, mebibyte});
    CHECK_FALSE(four->here);
    CHECK(asked_for() == 0);
    CHECK(lanes.memory.waiting() == 1);
    others.leave();
    go_on();
    REQUIRE(four->here);
    four->take();
    CHECK(asked_for() == 4);
}

TEST_CASE_METHOD(Fetching, "what was fetched keeps its room until it is stored")
{
    fetch({mebibyte, mebibyte})->take();
    CHECK(lanes.memory.under_way() == 2 * units_of_a_mebibyte);
    ledgers.front()->rows.pop_back();
    CHECK(lanes.memory.under_way() == 2 * units_of_a_mebibyte); // they came together
    ledgers.clear();
    CHECK(lanes.memory.under_way() == 0);
}

TEST_CASE_METHOD(Fetching, "long contents wait for room in files, and for that of one in memory")
{
    Gate::Permit others = hold(lanes.files, PageLanes::contents_in_files - 19);
    const auto two = fetch({mebibyte + mebibyte / 4, 3 * mebibyte});
    CHECK_FALSE(two->here);
    CHECK(asked_for() == 0);
    CHECK(lanes.files.waiting() == 1);
    CHECK(lanes.memory.under_way() == units_of_a_mebibyte); // on its way into the database
    others.leave();
    go_on();
    REQUIRE(two->here);
    two->take();
    CHECK(lanes.files.under_way() == 68);
    ledgers.clear();
    CHECK(lanes.files.under_way() == 0);
}

TEST_CASE_METHOD(Fetching, "an attachment larger than all room is fetched alone")
{
    const auto first = fetch({100});
    first->take();
    const auto large = fetch({700 * mebibyte});
    CHECK(asked_for() == 2); // nothing else lies in files
    const auto next = fetch({mebibyte + 1});
    CHECK_FALSE(next->here);
    CHECK(asked_for() == 2);
    ledgers.erase(ledgers.begin() + 1);
    go_on();
    CHECK(next->here);
    CHECK(asked_for() == 3);
}
