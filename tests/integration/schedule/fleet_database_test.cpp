#include "integration/schedule/sailing.hpp"
#include "support/captured.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using namespace std::chrono_literals;

namespace {

int times(std::string_view text, std::string_view part)
{
    int count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

TEST_CASE("whatever answer of the database is lost, the mailbox is worked on in the end")
{
    const int lost = GENERATE(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    INFO("answer " << lost);
    Sailing sailing;
    int answers = 0;
    sailing.on_answer = [&] {
        if (++answers == lost)
            throw Failure(Reaction::retry, "pg.lost", "the answer is lost");
    };
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1, 60s));
    CHECK(answers > lost);
    CHECK(sailing.fleet->held() == 1);
    sailing.on_answer = {};
}

TEST_CASE("a database that is away is told once, and nothing is tried until it is back")
{
    Sailing sailing;
    for (const char* name : {"bea", "cid", "dan", "eve"})
        sailing.stored.mailbox(std::string(name) + "@contoso.example");
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 5));

    bool away = true;
    sailing.on_answer = [&] {
        if (away)
            throw Failure(Reaction::retry, "pg.unreachable", "the connection broke");
    };
    REQUIRE(sailing.until([&] { return sailing.count("database_away") == 1; }, 2min));
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 1s);
    const int failed = sailing.count("turn_failed");
    CHECK(failed <= 5);
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 20s);
    CHECK(sailing.count("turn_failed") == failed);

    away = false;
    REQUIRE(sailing.until([&] { return sailing.count("database_back") == 1; }, 2min));
    const int done = sailing.count("turn_done");
    REQUIRE(sailing.turns("turn_done", done + 5, 2min));
    CHECK(sailing.count("database_away") == 1);
    CHECK(sailing.events() == "none");
    sailing.on_answer = {};
}

TEST_CASE("what the database does not do for any mailbox is told once, and once that it does again")
{
    const Reaction reaction = GENERATE(Reaction::retry, Reaction::stop);
    Sailing sailing;
    for (const char* name : {"bea", "cid", "dan", "eve"})
        sailing.stored.mailbox(std::string(name) + "@contoso.example");
    sailing.fails(reaction, "pg.resources", 13);
    Captured log;
    sailing.start();
    REQUIRE(sailing.turns("turn_failed", 13));
    CHECK(sailing.stored.number("SELECT count(*) FROM sync.mailbox WHERE state = 'stopped'") == 0);
    // Each is tried again by then, however long its pause.
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 1h);
    const std::string said = log.text();
    CHECK(times(said, "Z warn ") == 1);
    CHECK(times(said, "failure=pg.resources") == 2);
    CHECK(times(said, "works again") == 1);
    CHECK(sailing.events() ==
          "none"); // the database is not asked to write down what it does not do
}

TEST_CASE("what the database does not do with one mailbox's rows is told of that mailbox")
{
    Sailing sailing;
    sailing.fails(Reaction::set_aside, "pg.constraint", 2);
    Captured log;
    sailing.start();
    REQUIRE(sailing.turns("turn_failed", 2));
    const std::string said = log.text();
    CHECK(times(said, "failure=pg.constraint mailbox=") == 1);
    CHECK(sailing.events() == "warn pg.constraint");
}
