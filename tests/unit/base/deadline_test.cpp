#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace crmsync;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

const Timestamp start = *parse_timestamp("2026-03-02T09:00:00Z");

asio::awaitable<std::string> answer_after(Clock& clock, std::chrono::microseconds span)
{
    co_await clock.sleep_for(span);
    co_return "answer";
}

asio::awaitable<std::string> fail_after(Clock& clock, std::chrono::microseconds span)
{
    co_await clock.sleep_for(span);
    throw std::runtime_error("broken");
}

asio::awaitable<void> end_after(Clock& clock, std::chrono::microseconds span)
{
    co_await clock.sleep_for(span);
}

/// Runs a deadline of 400 ms on the manual clock; says when it ended.
struct Bench {
    test::ManualClock clock{start};
    asio::io_context context;

    template <class T>
    std::shared_ptr<test::Arrival<T>> run(asio::awaitable<T> operation)
    {
        auto arrival = test::start(context, within(clock, 400ms, std::move(operation)));
        clock.run_until(
            context, [&] { return arrival->here; }, start + 1h);
        return arrival;
    }
    std::chrono::microseconds passed() const { return clock.now() - start; }
};

} // namespace

TEST_CASE("an operation that ends in time gives its result at that time")
{
    Bench bench;
    const auto arrival = bench.run(answer_after(bench.clock, 5ms));
    REQUIRE(arrival->here);
    CHECK(arrival->take() == "answer");
    CHECK(bench.passed() == 5ms);
    CHECK(bench.clock.sleepers() == 0);
}

TEST_CASE("an operation that fails in time throws its own failure at that time")
{
    Bench bench;
    const auto arrival = bench.run(fail_after(bench.clock, 5ms));
    REQUIRE(arrival->here);
    CHECK_THROWS_WITH(arrival->take(), "broken");
    CHECK(bench.passed() == 5ms);
}

TEST_CASE("an operation that takes too long is cancelled when the time is up")
{
    Bench bench;
    const auto arrival = bench.run(answer_after(bench.clock, 10min));
    REQUIRE(arrival->here);
    try {
        arrival->take();
        FAIL("no failure");
    } catch (const Failure& failure) {
        CHECK(failure.name() == "deadline.passed");
        CHECK(failure.reaction() == Reaction::retry);
    }
    CHECK(bench.passed() == 400ms);
    CHECK(bench.clock.sleepers() == 0);
}

TEST_CASE("a deadline works for operations without a result")
{
    Bench in_time;
    const auto ended = in_time.run(end_after(in_time.clock, 5ms));
    REQUIRE(ended->here);
    CHECK_NOTHROW(ended->take());
    CHECK(in_time.passed() == 5ms);

    Bench late;
    const auto cut = late.run(end_after(late.clock, 1h));
    REQUIRE(cut->here);
    CHECK_THROWS_AS(cut->take(), Failure);
    CHECK(late.passed() == 400ms);
}

TEST_CASE("an operation that is ready at once never waits")
{
    Bench bench;
    const auto arrival = bench.run(answer_after(bench.clock, 0ms));
    REQUIRE(arrival->here);
    CHECK(arrival->take() == "answer");
    CHECK(bench.passed() == 0ms);
}

TEST_CASE("cancelling the caller is no time-out")
{
    test::ManualClock clock(start);
    asio::cancellation_signal signal;
    asio::io_context context;
    std::exception_ptr thrown;
    bool ended = false;
    asio::co_spawn(
        context, within(clock, 400ms, answer_after(clock, 10min)),
        asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e, const std::string&) {
            thrown = e;
            ended = true;
        }));
    clock.run_until(
        context, [&] { return clock.sleepers() == 2; }, start);
    REQUIRE(clock.sleepers() == 2);
    signal.emit(asio::cancellation_type::terminal);
    clock.run_until(
        context, [&] { return ended; }, start);
    REQUIRE(ended);
    REQUIRE(thrown);
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        CHECK(error.code() == asio::error::operation_aborted);
    }
    CHECK(clock.now() == start);
}

TEST_CASE("the system clock sleeps until the time it was told")
{
    SystemClock clock;
    asio::io_context context;
    const Timestamp before = clock.now();
    test::run(context, clock.sleep_until(before + 20ms));
    CHECK(clock.now() >= before + 20ms);
    test::run(context, clock.sleep_until(before));
}
