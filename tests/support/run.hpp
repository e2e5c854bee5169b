#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

namespace crmsync::test {

/// Where the result of a spawned coroutine arrives.
template <class T>
struct Arrival {
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    bool here = false;
    std::exception_ptr thrown;
    std::optional<Value> value;

    /// The result, or the coroutine's exception.
    T take()
    {
        if (thrown)
            std::rethrow_exception(thrown);
        if constexpr (!std::is_void_v<T>)
            return std::move(*value);
    }
};

/// Starts a coroutine; its result arrives when the context runs.
template <class T>
std::shared_ptr<Arrival<T>> start(boost::asio::io_context& context, boost::asio::awaitable<T> work)
{
    // Shared with the handler: a test may end before the coroutine does.
    auto arrival = std::make_shared<Arrival<T>>();
    if constexpr (std::is_void_v<T>) {
        boost::asio::co_spawn(context, std::move(work), [arrival](std::exception_ptr thrown) {
            arrival->thrown = std::move(thrown);
            arrival->here = true;
        });
    } else {
        boost::asio::co_spawn(context, std::move(work),
                              [arrival](std::exception_ptr thrown, T value) {
                                  if (!thrown)
                                      arrival->value.emplace(std::move(value));
                                  arrival->thrown = std::move(thrown);
                                  arrival->here = true;
                              });
    }
    return arrival;
}

/// Drives a coroutine to its end in real time and gives its result, or throws what it threw. The
/// context's other work stays where it is. Throws std::runtime_error when nothing happens in it
/// any more, or not for `patience`, before the end.
template <class T>
T run(boost::asio::io_context& context, boost::asio::awaitable<T> work,
      std::chrono::milliseconds patience = std::chrono::seconds(60))
{
    const auto arrival = start(context, std::move(work));
    while (!arrival->here) {
        if (context.stopped())
            context.restart();
        if (context.run_one_for(patience) == 0)
            throw std::runtime_error(
                "the coroutine under test waits for something that never comes");
    }
    return arrival->take();
}

} // namespace crmsync::test
