#pragma once

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/metrics.hpp"
#include "pg/pool.hpp"
#include "settings/settings.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace crmsync {

/// What a command that runs once and ends has around it: an event loop, the clock, the settings,
/// the database.
class CommandRun {
public:
    explicit CommandRun(Settings settings) : settings_(std::move(settings)) {}
    ~CommandRun() { io_.abandon(); }
    CommandRun(const CommandRun&) = delete;
    CommandRun& operator=(const CommandRun&) = delete;

    const Settings& settings() const { return settings_; }
    Clock& clock() { return clock_; }
    Metrics& metrics() { return metrics_; }
    boost::asio::io_context& io() { return io_; }

    /// The database, with the schema this program was built for: a Failure names database.url or
    /// `crmsync migrate` otherwise.
    pg::Pool& database();

    /// Drives `work` to its end and gives its result.
    template <class T>
    T run(boost::asio::awaitable<T> work)
    {
        bool ended = false;
        std::exception_ptr failure;
        std::conditional_t<std::is_void_v<T>, int, std::optional<T>> result{};
        const auto done = [&](std::exception_ptr f, auto... value) {
            ended = true;
            failure = f;
            if constexpr (!std::is_void_v<T>)
                (result.emplace(std::move(value)), ...);
        };
        boost::asio::co_spawn(io_, std::move(work), done);
        io_.restart();
        while (!ended && io_.run_one() != 0) {
        }
        if (failure)
            std::rethrow_exception(failure);
        if constexpr (!std::is_void_v<T>)
            return std::move(*result);
    }

private:
    Settings settings_;
    SystemClock clock_;
    Metrics metrics_;
    EventLoop io_;
    std::unique_ptr<pg::Pool> pool_; // after io_: dies first
};

} // namespace crmsync
