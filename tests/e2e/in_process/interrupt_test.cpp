#include "e2e/in_process/day.hpp"
#include "e2e/in_process/projection.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <random>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// What happens to the daemon at the chosen step.
enum class Blow { none, crash, theft };

struct Played {
    std::string left; ///< the projection
    int steps = 0;
    bool struck = false;
    std::string at; ///< the action under way and the kind of the step
};

/// The lease of every mailbox goes to a daemon that is dead: whoever comes first takes it next,
/// while the one that is robbed still works.
void steal_leases(Stage& stage)
{
    stage.execute("UPDATE sync.lease SET holder = gen_random_uuid(), epoch = epoch + 1 "
                  "WHERE holder IS NOT NULL; NOTIFY mailbox_due, ''");
}

/// Plays the day, struck at the given step (counted from 1), to its end.
Played play(Blow blow, int strike_at)
{
    Stage stage;
    Day day(stage);
    Played outcome;
    std::string_view action = "before the first action";
    stage.on_step = [&](int daemon, std::string_view step) {
        ++outcome.steps;
        if (outcome.struck || outcome.steps != strike_at)
            return;
        outcome.struck = true;
        outcome.at = fmt::format("{}, {}", action, step);
        if (blow == Blow::theft)
            steal_leases(stage);
        if (blow == Blow::crash) {
            stage.halt(daemon);
            throw cut_off();
        }
    };
    stage.start(1);
    if (blow == Blow::theft)
        stage.start(2);

    const auto until = [&](const std::function<bool()>& fact) {
        bool holds = stage.until(fact, std::chrono::minutes(20));
        if (!holds && stage.halted()) {
            stage.crash();
            stage.start();
            holds = stage.until(fact, std::chrono::minutes(20));
        }
        return holds;
    };
    for (const Day::Action& next : day.actions()) {
        if (!until(next.may_begin)) {
            UNSCOPED_INFO(projection(stage));
            FAIL("what '" << next.name << "' waits for never came; struck at: " << outcome.at);
        }
        action = next.name;
        next.act();
        day.wake();
    }
    REQUIRE(until([&] { return day.over(); }));
    // Whatever would still come, from an answer that was never heard for instance.
    until([end = stage.now() + std::chrono::minutes(4), &stage] { return stage.now() >= end; });
    outcome.left = projection(stage);
    return outcome;
}

bool full() { return std::getenv("CRMSYNC_FULL") != nullptr; }

unsigned seed()
{
    const char* given = std::getenv("CRMSYNC_SEED");
    return given ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
}

void strike_everywhere(Blow blow, int strikes)
{
    const Played calm = play(blow, 0);
    REQUIRE(calm.steps > 100);
    const int stride = full() ? 1 : std::max(1, calm.steps / strikes);
    const unsigned chosen = seed();
    const int first = 1 + static_cast<int>(chosen % static_cast<unsigned>(stride));
    fmt::print("{} steps, every {}th from {} (CRMSYNC_SEED={})\n", calm.steps, stride, first,
               chosen);
    for (int step = first; step <= calm.steps; step += stride) {
        const Played struck = play(blow, step);
        INFO("struck at step " << step << ": " << struck.at);
        INFO("- expected, + found\n" << difference(calm.left, struck.left));
        CHECK(difference(calm.left, struck.left).empty());
    }
}

} // namespace

TEST_CASE("cut off at any step and started again, a day ends as if nothing had happened")
{
    strike_everywhere(Blow::crash, 30);
}

TEST_CASE("robbed of its leases at any step, a daemon does no harm")
{
    strike_everywhere(Blow::theft, 15);
}

TEST_CASE("a day that nothing disturbs ends the same way twice")
{
    const Played first = play(Blow::none, 0);
    const Played second = play(Blow::none, 0);
    INFO(first.left);
    INFO("- once, + again\n" << difference(first.left, second.left));
    CHECK(first.left == second.left);
}
