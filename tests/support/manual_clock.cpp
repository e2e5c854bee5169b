#include "support/manual_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <stdexcept>

namespace crmsync::test {

namespace asio = boost::asio;

/// A sleeper's entry, taken out whichever way the coroutine ends.
class ManualClock::Bed {
public:
    Bed(ManualClock& clock, Timestamp at, const asio::any_io_executor& executor)
        : call(executor, asio::steady_timer::time_point::max()), clock_(clock),
          place_(at, clock.came_++)
    {
        clock_.sleepers_.emplace(place_, Sleeper{&call, &woken});
    }
    Bed(const Bed&) = delete;
    Bed& operator=(const Bed&) = delete;
    ~Bed()
    {
        if (!woken)
            clock_.sleepers_.erase(place_);
    }

    asio::steady_timer call; ///< never runs out; cancelling it wakes the sleeper
    bool woken = false;

private:
    ManualClock& clock_;
    Place place_;
};

ManualClock::ManualClock(Timestamp start) : now_(start) {}

asio::awaitable<void> ManualClock::sleep_until(Timestamp at)
{
    if (at <= now_)
        co_return;
    const auto executor = co_await asio::this_coro::executor;
    Bed bed(*this, at, executor);
    const auto [error] = co_await bed.call.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!bed.woken)
        throw boost::system::system_error(error);
}

void ManualClock::wake_first()
{
    const auto first = sleepers_.begin();
    const Sleeper sleeper = first->second;
    now_ = std::max(now_, first->first.first);
    sleepers_.erase(first);
    ++woken_;
    *sleeper.woken = true;
    sleeper.call->cancel();
}

void ManualClock::advance_to(Timestamp at)
{
    while (!sleepers_.empty() && sleepers_.begin()->first.first <= at)
        wake_first();
    now_ = std::max(now_, at);
}

void ManualClock::count_operations(std::function<int()> under_way)
{
    counters_.push_back(std::move(under_way));
}

bool ManualClock::anything_under_way() const
{
    return std::any_of(counters_.begin(), counters_.end(),
                       [](const std::function<int()>& count) { return count() > 0; });
}

bool ManualClock::run_until(asio::io_context& context, const std::function<bool()>& done,
                            Timestamp limit, std::chrono::milliseconds patience)
{
    using RealTime = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds look{50};
    auto last_event = RealTime::now();

    while (true) {
        if (done())
            return true;
        if (context.stopped())
            context.restart();
        if (context.poll_one() > 0) {
            last_event = RealTime::now();
            continue;
        }
        if (anything_under_way()) {
            // Bounded, so that a counter that falls without a handler here is noticed as well.
            if (context.run_one_for(look) > 0)
                last_event = RealTime::now();
            else if (RealTime::now() - last_event > patience)
                throw std::runtime_error("operations stay under way and nothing happens");
            continue;
        }
        if (sleepers_.empty() || sleepers_.begin()->first.first > limit)
            return false;
        advance_to(sleepers_.begin()->first.first);
        last_event = RealTime::now();
    }
}

void ManualClock::run_to(asio::io_context& context, Timestamp limit)
{
    run_until(
        context, [] { return false; }, limit);
    advance_to(limit);
    run_until(
        context, [] { return false; }, limit);
}

} // namespace crmsync::test
