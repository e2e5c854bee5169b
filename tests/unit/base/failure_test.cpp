#include "base/failure.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace std::chrono_literals;

TEST_CASE("a failure tells its name, its sentence and where it happened, innermost first")
{
    Failure failure(Reaction::wait, "graph.throttled", "too many requests", 3s);
    CHECK(failure.reaction() == Reaction::wait);
    CHECK(failure.advice() == 3s);
    CHECK(std::string(failure.what()) == "graph.throttled: too many requests");
    failure.while_doing("reading folder Inbox").while_doing("syncing mailbox 12");
    CHECK(failure.message() ==
          "too many requests, while reading folder Inbox, while syncing mailbox 12");
    CHECK(std::string(failure.what()) == "graph.throttled: " + failure.message());
    CHECK(failure.name() == "graph.throttled");
}

TEST_CASE("reactions have names")
{
    CHECK(to_string(Reaction::retry) == "retry");
    CHECK(to_string(Reaction::wait) == "wait");
    CHECK(to_string(Reaction::reauthorise) == "reauthorise");
    CHECK(to_string(Reaction::give_back) == "give_back");
    CHECK(to_string(Reaction::set_aside) == "set_aside");
    CHECK(to_string(Reaction::stop) == "stop");
}
