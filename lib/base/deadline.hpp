#pragma once

#include "base/clock.hpp"
#include "base/failure.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <type_traits>
#include <utility>

namespace crmsync {

namespace detail {

/// The timer came first: because the time is up, or because the caller was cancelled.
[[noreturn]] inline void throw_late(const std::exception_ptr& timer_failure)
{
    if (timer_failure)
        std::rethrow_exception(timer_failure);
    throw Failure(Reaction::retry, "deadline.passed", "no answer in time");
}

} // namespace detail

/// Runs `operation` and gives its result, or cancels it and throws Failure("deadline.passed",
/// retry) once `span` has gone by on `clock`. The only form of a deadline in the program:
/// `operation || sleep` of awaitable_operators waits for the first *success* and reports the
/// time-out instead of the operation's failure.
template <class T>
boost::asio::awaitable<T> within(Clock& clock, std::chrono::microseconds span,
                                 boost::asio::awaitable<T> operation)
{
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto work = asio::co_spawn(executor, std::move(operation), asio::deferred);
    auto timer = asio::co_spawn(executor, clock.sleep_for(span), asio::deferred);
    auto group = asio::experimental::make_parallel_group(std::move(work), std::move(timer));

    if constexpr (std::is_void_v<T>) {
        auto [order, failure, timer_failure] =
            co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (order[0] != 0)
            detail::throw_late(timer_failure);
        if (failure)
            std::rethrow_exception(failure);
    } else {
        auto [order, failure, value, timer_failure] =
            co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (order[0] != 0)
            detail::throw_late(timer_failure);
        if (failure)
            std::rethrow_exception(failure);
        co_return std::move(value);
    }
}

} // namespace crmsync
