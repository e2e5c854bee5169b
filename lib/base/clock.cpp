#include "base/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace crmsync {

namespace {

/// How long a jump of the wall clock may go unnoticed by a sleeper.
constexpr std::chrono::seconds longest_nap{30};

} // namespace

Timestamp SystemClock::now() const
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// In naps on the steady clock, looking at the wall clock after each: a clock that is set forward
/// (or a machine that was suspended) ends the sleep within a nap, one that is set back does not
/// prolong it.
boost::asio::awaitable<void> SystemClock::sleep_until(Timestamp at)
{
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor);
    std::chrono::microseconds left = at - now();
    while (left.count() > 0) {
        const auto nap = std::min<std::chrono::microseconds>(left, longest_nap);
        timer.expires_after(nap);
        co_await timer.async_wait(boost::asio::use_awaitable);
        left = std::min<std::chrono::microseconds>(left - nap, at - now());
    }
}

} // namespace crmsync
