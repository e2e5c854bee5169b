#include "schedule/wake.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace crmsync::schedule {

namespace asio = boost::asio;

Wake::Wake(asio::any_io_executor executor) : never_(executor, asio::steady_timer::time_point::max())
{}

void Wake::notify()
{
    pending_ = true;
    never_.cancel();
}

asio::awaitable<void> Wake::wait_until(Clock& clock, Timestamp at)
{
    if (!pending_) {
        const auto executor = co_await asio::this_coro::executor;
        auto sleep = asio::co_spawn(executor, clock.sleep_until(at), asio::deferred);
        auto woken = never_.async_wait(asio::deferred);
        auto group = asio::experimental::make_parallel_group(std::move(sleep), std::move(woken));
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    }
    pending_ = false;
}

} // namespace crmsync::schedule
