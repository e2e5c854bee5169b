#include "schedule/due.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::schedule;
using namespace std::chrono_literals;

namespace {

const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");

TurnEnd well()
{
    TurnEnd end;
    end.at = noon;
    return end;
}

TurnEnd failed(Reaction reaction, int times = 1,
               std::optional<std::chrono::milliseconds> advice = std::nullopt)
{
    TurnEnd end = well();
    end.failed = reaction;
    end.failures_in_row = times;
    end.advice = advice;
    return end;
}

} // namespace

TEST_CASE("after a turn that went well the mailbox is due at the next poll, or before")
{
    struct Row {
        const char* situation;
        bool more_to_do;
        std::optional<Timestamp> due_at;
        Timestamp due;
    };
    const Row rows[] = {
        {"nothing is left", false, std::nullopt, noon + 60s},
        {"a backlog is left", true, std::nullopt, noon},
        {"a backlog goes before what is owed later", true, noon + 5s, noon},
        {"a write is owed before the poll", false, noon + 5s, noon + 5s},
        {"a write is owed after the poll", false, noon + 5min, noon + 60s},
        {"a write is overdue", false, noon - 5s, noon},
    };
    for (const Row& row : rows) {
        INFO(row.situation);
        TurnEnd end = well();
        end.more_to_do = row.more_to_do;
        end.due_at = row.due_at;
        CHECK(next_turn(end, 60s, 0.5) == row.due);
    }
}

TEST_CASE("failures that pass are tried again after a growing pause of at most five minutes")
{
    for (const Reaction reaction : {Reaction::retry, Reaction::wait, Reaction::set_aside}) {
        CHECK(next_turn(failed(reaction, 1), 60s, 1.0) == noon + 1s);
        CHECK(next_turn(failed(reaction, 2), 60s, 1.0) == noon + 2s);
        CHECK(next_turn(failed(reaction, 4), 60s, 1.0) == noon + 8s);
        CHECK(next_turn(failed(reaction, 1'000), 60s, 1.0) == noon + 5min);
        CHECK(next_turn(failed(reaction, 4), 60s, 0.0) == noon + 4s);
    }
}

TEST_CASE("who says when to come back is not asked before")
{
    CHECK(next_turn(failed(Reaction::wait, 1, 10min), 60s, 0.0) == noon + 10min);
    CHECK(next_turn(failed(Reaction::wait, 8, 1s), 60s, 1.0) == noon + 128s);
}

TEST_CASE("a mailbox that does not let us in is tried every fifteen minutes in the end")
{
    CHECK(next_turn(failed(Reaction::reauthorise, 1), 60s, 1.0) == noon + 1min);
    CHECK(next_turn(failed(Reaction::reauthorise, 100), 60s, 1.0) == noon + 15min);
}

TEST_CASE("a mailbox that waits for a person is tried daily, a lost one never")
{
    CHECK(next_turn(failed(Reaction::stop, 7), 60s, 1.0) == noon + 24h);
    CHECK(next_turn(failed(Reaction::give_back), 60s, 1.0) == std::nullopt);
}

TEST_CASE("a failure goes before what the turn still had to do")
{
    TurnEnd end = failed(Reaction::retry);
    end.more_to_do = true;
    end.due_at = noon;
    CHECK(next_turn(end, 60s, 1.0) == noon + 1s);
}
