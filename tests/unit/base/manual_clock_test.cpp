#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace crmsync;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

const Timestamp start = *parse_timestamp("2026-03-02T09:00:00Z");

asio::awaitable<void> note_at(Clock& clock, Timestamp at, std::string name,
                              std::vector<std::string>& notes)
{
    co_await clock.sleep_until(at);
    notes.push_back(std::move(name));
}

asio::awaitable<void> poll_for_a_day(Clock& clock, int& polls)
{
    const Timestamp end = clock.now() + 24h;
    while (clock.now() < end) {
        co_await clock.sleep_for(30s);
        ++polls;
    }
}

/// Real time, like an answer from a server.
asio::awaitable<void> real_operation(int& under_way, Clock& clock, Timestamp& ended)
{
    ++under_way;
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, 20ms);
    co_await timer.async_wait(asio::use_awaitable);
    ended = clock.now();
    --under_way;
}

} // namespace

TEST_CASE("sleepers wake in the order of their times, equals in the order they came")
{
    test::ManualClock clock(start);
    asio::io_context context;
    std::vector<std::string> notes;
    test::start(context, note_at(clock, start + 2h, "late", notes));
    test::start(context, note_at(clock, start + 1h, "first of two", notes));
    test::start(context, note_at(clock, start + 1h, "second of two", notes));
    test::start(context, note_at(clock, start, "now", notes));
    CHECK(clock.run_until(
        context, [&] { return notes.size() == 4; }, start + 24h));
    CHECK(notes == std::vector<std::string>{"now", "first of two", "second of two", "late"});
    CHECK(clock.now() == start + 2h);
}

TEST_CASE("time does not jump past the limit")
{
    test::ManualClock clock(start);
    asio::io_context context;
    std::vector<std::string> notes;
    test::start(context, note_at(clock, start + 2h, "late", notes));
    CHECK_FALSE(clock.run_until(
        context, [&] { return !notes.empty(); }, start + 1h));
    CHECK(clock.now() == start);
    clock.run_to(context, start + 1h);
    CHECK(clock.now() == start + 1h);
    CHECK(notes.empty());
    clock.run_to(context, start + 2h);
    CHECK(notes.size() == 1);
}

TEST_CASE("time stands while an operation is under way")
{
    test::ManualClock clock(start);
    asio::io_context context;
    int under_way = 0;
    Timestamp ended{};
    std::vector<std::string> notes;
    clock.count_operations([&] { return under_way; });
    test::start(context, note_at(clock, start + 1h, "slept", notes));
    test::start(context, real_operation(under_way, clock, ended));
    CHECK(clock.run_until(
        context, [&] { return !notes.empty(); }, start + 2h));
    CHECK(ended == start);
    CHECK(clock.now() == start + 1h);
}

TEST_CASE("an operation that never ends is a failure of the test, not a hang")
{
    test::ManualClock clock(start);
    asio::io_context context;
    clock.count_operations([] { return 1; });
    CHECK_THROWS_AS(clock.run_until(
                        context, [] { return false; }, start + 1h, 100ms),
                    std::runtime_error);
}

TEST_CASE("fifty loops run a day in a moment")
{
    test::ManualClock clock(start);
    asio::io_context context;
    int polls = 0;
    for (int i = 0; i < 50; ++i)
        test::start(context, poll_for_a_day(clock, polls));
    clock.run_to(context, start + 25h);
    CHECK(polls == 50 * 24 * 60 * 2);
    CHECK(clock.sleepers() == 0);
}

TEST_CASE("a coroutine's exception reaches the test that runs it")
{
    asio::io_context context;
    auto failing = []() -> asio::awaitable<int> {
        throw std::runtime_error("broken");
        co_return 1;
    };
    CHECK_THROWS_WITH(test::run(context, failing()), "broken");
}
