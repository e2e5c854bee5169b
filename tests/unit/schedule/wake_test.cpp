#include "schedule/wake.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <vector>

using namespace crmsync;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");

struct Sleeper {
    test::ManualClock clock{noon};
    asio::io_context io;
    schedule::Wake wake{io.get_executor()};
    std::vector<Timestamp> woke;

    asio::awaitable<void> sleep(int times)
    {
        for (int i = 0; i < times; ++i) {
            co_await wake.wait_until(clock, noon + 1h * (i + 1));
            woke.push_back(clock.now());
        }
    }
    /// Runs until the sleeper has woken so often; false where it sleeps on until midnight.
    bool until_woken(std::size_t times)
    {
        return clock.run_until(
            io, [&] { return woke.size() == times; }, noon + 12h);
    }
    void settle()
    {
        io.restart();
        io.poll();
    }
};

} // namespace

TEST_CASE("without a wake-up a sleep ends when its time has come")
{
    Sleeper sleeper;
    test::start(sleeper.io, sleeper.sleep(2));
    CHECK(sleeper.until_woken(2));
    CHECK(sleeper.woke == std::vector<Timestamp>{noon + 1h, noon + 2h});
}

TEST_CASE("a wake-up ends a sleep at once, and only that one")
{
    Sleeper sleeper;
    test::start(sleeper.io, sleeper.sleep(2));
    sleeper.settle();
    CHECK(sleeper.woke.empty());
    sleeper.wake.notify();
    CHECK(sleeper.until_woken(1));
    CHECK(sleeper.woke[0] == noon);
    CHECK(sleeper.until_woken(2));
    CHECK(sleeper.woke[1] == noon + 2h);
}

TEST_CASE("a wake-up while nobody sleeps ends the next sleep, several count as one")
{
    Sleeper sleeper;
    sleeper.wake.notify();
    sleeper.wake.notify();
    sleeper.wake.notify();
    test::start(sleeper.io, sleeper.sleep(2));
    CHECK(sleeper.until_woken(2));
    CHECK(sleeper.woke == std::vector<Timestamp>{noon, noon + 2h});
}

TEST_CASE("several wake-ups during a sleep count as one")
{
    Sleeper sleeper;
    test::start(sleeper.io, sleeper.sleep(2));
    sleeper.settle();
    sleeper.wake.notify();
    sleeper.wake.notify();
    CHECK(sleeper.until_woken(2));
    CHECK(sleeper.woke == std::vector<Timestamp>{noon, noon + 2h});
}

TEST_CASE("a sleep until a moment that has passed ends at once")
{
    Sleeper sleeper;
    sleeper.clock.advance_by(5h);
    test::start(sleeper.io, sleeper.sleep(3));
    CHECK(sleeper.until_woken(3));
    CHECK(sleeper.woke[2] == noon + 5h);
}

TEST_CASE("a sleep that was ended leaves no sleeper behind on the clock")
{
    Sleeper sleeper;
    test::start(sleeper.io, sleeper.sleep(1));
    sleeper.settle();
    CHECK(sleeper.clock.sleepers() == 1);
    sleeper.wake.notify();
    CHECK(sleeper.until_woken(1));
    sleeper.settle();
    CHECK(sleeper.clock.sleepers() == 0);
}
