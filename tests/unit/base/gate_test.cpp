#include "base/allowance.hpp"
#include "base/gate.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

using namespace crmsync;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

const Timestamp start = *parse_timestamp("2026-03-02T09:00:00Z");

struct Work {
    std::string name;
    int slots = 1;
    int parts = 1;
    std::chrono::microseconds takes{1s};
};

struct Bench {
    explicit Bench(GateLimits limits) : gate(clock, limits) {}

    test::ManualClock clock{start};
    Gate gate;
    std::vector<std::string> entered;
    std::vector<Timestamp> entered_at;
    int inside = 0;
    int most_inside = 0;
    asio::io_context context;

    asio::awaitable<void> pass(Work work)
    {
        const Gate::Permit permit = co_await gate.enter(work.slots, work.parts);
        entered.push_back(work.name);
        entered_at.push_back(clock.now());
        inside += work.slots;
        most_inside = std::max(most_inside, inside);
        co_await clock.sleep_for(work.takes);
        inside -= work.slots;
    }
    void start_work(Work work) { test::start(context, pass(std::move(work))); }
    void run_for(std::chrono::microseconds span) { clock.run_to(context, clock.now() + span); }
};

} // namespace

TEST_CASE("at most three operations are under way at once, in the order they came")
{
    Bench bench(GateLimits{});
    for (const char* name : {"a", "b", "c", "d", "e"})
        bench.start_work({name});
    bench.run_for(0s);
    CHECK(bench.entered == std::vector<std::string>{"a", "b", "c"});
    CHECK(bench.gate.under_way() == 3);
    CHECK(bench.gate.waiting() == 2);
    bench.run_for(10s);
    CHECK(bench.entered == std::vector<std::string>{"a", "b", "c", "d", "e"});
    CHECK(bench.most_inside == 3);
    CHECK(bench.gate.under_way() == 0);
}

TEST_CASE("a batch waits for all slots and small requests do not overtake it")
{
    Bench bench(GateLimits{});
    bench.start_work({"a", 1, 1, 5s});
    bench.start_work({"batch", 3, 20, 1s});
    bench.start_work({"b"});
    bench.run_for(1s);
    CHECK(bench.entered == std::vector<std::string>{"a"});
    bench.run_for(10s);
    CHECK(bench.entered == std::vector<std::string>{"a", "batch", "b"});
    CHECK(bench.most_inside == 3);
}

TEST_CASE("what asks for more slots than there are goes alone")
{
    Bench bench(GateLimits{2, 100, 10min});
    bench.start_work({"a"});
    bench.start_work({"huge", 20});
    bench.start_work({"b"});
    bench.run_for(10s);
    CHECK(bench.entered == std::vector<std::string>{"a", "huge", "b"});
    CHECK(bench.entered_at[1] == start + 1s);
    CHECK(bench.entered_at[2] == start + 2s);
}

TEST_CASE("the allowance holds in every window, not only from the first start on")
{
    Bench bench(GateLimits{3, 100, 10min});
    for (int i = 0; i < 20; ++i)
        bench.start_work({"batch", 3, 20, 1min});
    bench.run_for(3h);
    REQUIRE(bench.entered.size() == 20);
    for (std::size_t i = 5; i < bench.entered_at.size(); ++i)
        CHECK(bench.entered_at[i] - bench.entered_at[i - 5] >= 10min);
    CHECK(bench.entered_at.back() - start < 45min);
}

TEST_CASE("a closed gate lets nobody in before its time, and closing earlier does not shorten it")
{
    Bench bench(GateLimits{});
    bench.gate.close_until(start + 1min);
    bench.start_work({"a"});
    bench.run_for(30s);
    CHECK(bench.entered.empty());
    bench.gate.close_until(start + 5min);
    bench.gate.close_until(start + 2min);
    bench.run_for(4min);
    CHECK(bench.entered.empty());
    bench.run_for(1min);
    REQUIRE(bench.entered.size() == 1);
    CHECK(bench.entered_at[0] == start + 5min);
}

TEST_CASE("who is cancelled in the queue takes nothing and blocks nobody")
{
    for (const bool first_in_queue : {true, false}) {
        Bench bench(GateLimits{1, 100, 10min});
        asio::cancellation_signal signal;
        bench.start_work({"a", 1, 1, 10s});
        bench.run_for(0s);
        if (!first_in_queue)
            bench.start_work({"b"});
        bench.run_for(0s);
        bool cancelled = false;
        asio::co_spawn(bench.context, bench.pass({"gives up"}),
                       asio::bind_cancellation_slot(
                           signal.slot(), [&](std::exception_ptr e) { cancelled = bool(e); }));
        bench.run_for(0s);
        if (first_in_queue)
            bench.start_work({"b"});
        bench.run_for(1s);
        signal.emit(asio::cancellation_type::terminal);
        bench.run_for(0s);
        CHECK(cancelled);
        CHECK(bench.gate.waiting() == 1);
        bench.run_for(1min);
        CHECK(bench.entered == std::vector<std::string>{"a", "b"});
        CHECK(bench.gate.under_way() == 0);
    }
}

TEST_CASE("who is cancelled while the gate is closed lets the next one go in time")
{
    Bench bench(GateLimits{});
    asio::cancellation_signal signal;
    bench.gate.close_until(start + 1min);
    asio::co_spawn(bench.context, bench.pass({"gives up"}),
                   asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
    bench.start_work({"b"});
    bench.run_for(30s);
    signal.emit(asio::cancellation_type::terminal);
    bench.run_for(40s);
    CHECK(bench.entered == std::vector<std::string>{"b"});
    CHECK(bench.entered_at[0] == start + 1min);
}

TEST_CASE("a context that ends with permits out and waiters in the queue ends them in any order")
{
    // The gate and the clock go after the context, as in the program.
    test::ManualClock clock(start);
    Gate gate(clock, GateLimits{1, 2, 10min});
    {
        const auto pass = [&](std::chrono::microseconds takes) -> asio::awaitable<void> {
            const Gate::Permit permit = co_await gate.enter();
            co_await clock.sleep_for(takes);
        };
        asio::io_context context;
        for (int i = 0; i < 5; ++i)
            test::start(context, pass(1s));
        clock.run_to(context, start + 1500ms);
        CHECK(gate.under_way() == 1);
        CHECK(gate.waiting() == 3);
    }
    CHECK(gate.under_way() == 0);
    CHECK(gate.waiting() == 0);
    CHECK(clock.sleepers() == 0);
}

TEST_CASE("a permit that is moved leaves once")
{
    Bench bench(GateLimits{});
    auto permit = test::run(bench.context, bench.gate.enter());
    Gate::Permit other = std::move(permit);
    CHECK(bench.gate.under_way() == 1);
    other = test::run(bench.context, bench.gate.enter());
    CHECK(bench.gate.under_way() == 1);
    other.leave();
    other.leave();
    CHECK(bench.gate.under_way() == 0);
}

TEST_CASE("the books of an allowance never let more through than a plain count would")
{
    std::mt19937 random(20260302);
    for (int round = 0; round < 50; ++round) {
        const int count = std::uniform_int_distribution(1, 200)(random);
        Allowance allowance(count, 10min);
        std::deque<std::pair<Timestamp, int>> plain;
        Timestamp now = start;
        for (int step = 0; step < 300; ++step) {
            now += std::chrono::seconds(std::uniform_int_distribution(0, 60)(random));
            const int parts = std::uniform_int_distribution(1, std::min(count, 20))(random);
            const Timestamp at = allowance.fits_at(now, parts);
            REQUIRE(at >= now);
            REQUIRE(at <= now + 10min);
            now = at;
            REQUIRE(allowance.fits_at(now, parts) == now);
            allowance.spend(now, parts);
            plain.emplace_back(now, parts);
            int in_window = 0;
            for (const auto& [when, some] : plain)
                if (when > now - 10min)
                    in_window += some;
            REQUIRE(in_window <= count);
        }
    }
}
