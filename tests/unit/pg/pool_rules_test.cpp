#include "pg/pool_rules.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::pg::pool_rules;

TEST_CASE("what a pool does next")
{
    struct Row {
        const char* situation;
        Situation now;
        Next next;
    };
    const Row rows[] = {
        {"nobody waits", {.size = 2, .idle = 1}, Next::rest},
        {"nobody waits and nothing is open", {.size = 2}, Next::rest},
        {"somebody waits and one is idle",
         {.size = 2, .idle = 1, .lent = 1, .waiting = 1},
         Next::hand_out},
        {"an idle one is better than a new one",
         {.size = 9, .idle = 1, .waiting = 3},
         Next::hand_out},
        {"somebody waits and there is room", {.size = 2, .lent = 1, .waiting = 1}, Next::open},
        {"one being opened takes room",
         {.size = 2, .lent = 1, .opening = 1, .waiting = 1},
         Next::wait},
        {"all are lent", {.size = 2, .lent = 2, .waiting = 5}, Next::wait},
        {"a pool of none waits for ever", {.size = 0, .waiting = 1}, Next::wait},
    };
    for (const Row& row : rows) {
        CAPTURE(row.situation);
        CHECK(next(row.now) == row.next);
    }
}

TEST_CASE("only a clean connection is kept")
{
    struct Row {
        const char* situation;
        Returned connection;
        Fate fate;
    };
    const Row rows[] = {
        {"clean", {}, Fate::keep},
        {"broken", {.usable = false}, Fate::close},
        {"in a transaction", {.in_transaction = true}, Fate::close},
        {"with a call under way", {.running = 1}, Fate::close},
        {"clean, but the pool is gone", {.pool_closed = true}, Fate::close},
    };
    for (const Row& row : rows) {
        CAPTURE(row.situation);
        CHECK(fate(row.connection) == row.fate);
    }
}
