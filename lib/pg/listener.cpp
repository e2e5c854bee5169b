#include "pg/listener.hpp"

#include "base/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

#include <fmt/format.h>

#include <optional>
#include <random>
#include <utility>

namespace crmsync::pg {

namespace asio = boost::asio;

struct Listener::State {
    State(asio::any_io_executor on, Clock& time, ConnectionOptions opened_with, std::string name,
          std::function<void(std::string)> handler)
        : executor(std::move(on)), clock(time), options(std::move(opened_with)),
          channel(std::move(name)), on_notify(std::move(handler))
    {
        options.pipeline = false;
    }

    asio::awaitable<std::unique_ptr<Connection>> connect()
    {
        auto connection = co_await Connection::open(executor, options);
        // In double quotes: a name that needs them, or holds some, is still one name.
        std::string quoted = "\"";
        for (const char c : channel)
            quoted.append(c == '"' ? 2 : 1, c);
        auto listen = fmt::format("LISTEN {}\"", quoted);
        co_await connection->run_simple(std::move(listen));
        co_return connection;
    }

    /// Until the connection fails, which it does by an exception.
    asio::awaitable<void> listen()
    {
        auto connection = co_await connect();
        if (missed_some)
            on_notify("");
        missed_some = true; // from here on, whenever it connects again
        if (attempt > 0)
            log::info(log::Area::sql, "listening to the database again", {{"channel", channel}});
        attempt = 0;
        for (;;) {
            auto payload = co_await connection->next_notification();
            on_notify(std::move(payload));
        }
    }

    static asio::awaitable<void> run(std::shared_ptr<State> state);

    asio::any_io_executor executor;
    Clock& clock;
    ConnectionOptions options;
    std::string channel;
    std::function<void(std::string)> on_notify;
    bool missed_some = false;
    int attempt = 0; ///< failures in a row
};

Listener::Listener(asio::any_io_executor executor, Clock& clock, ConnectionOptions options,
                   std::string channel, std::function<void(std::string payload)> on_notify)
    : state_(std::make_shared<State>(std::move(executor), clock, std::move(options),
                                     std::move(channel), std::move(on_notify)))
{}

Listener::~Listener() = default;

asio::awaitable<void> Listener::run() { return State::run(state_); }

asio::awaitable<void> Listener::State::run(std::shared_ptr<State> state)
{
    std::mt19937 random(std::random_device{}());
    for (;;) {
        std::optional<Failure> failure;
        try {
            co_await state->listen();
        } catch (const Failure& f) {
            failure = f;
        }
        state->missed_some = true;
        // Once an outage; what follows are the same words. No warning: who works with the database
        // warns when it is away, and polls while only this connection is.
        if (state->attempt == 0)
            log::info(log::Area::sql, "no longer listening to the database, trying again",
                      {{"channel", state->channel},
                       {"failure", failure->name()},
                       {"message", failure->message()}});
        ++state->attempt;
        std::uniform_real_distribution<double> jitter(0, 1);
        const BackoffLimits limits{std::chrono::seconds(1), std::chrono::seconds(30)};
        const auto delay = backoff(state->attempt, jitter(random), failure->advice(), limits);
        co_await state->clock.sleep_for(delay);
    }
}

} // namespace crmsync::pg
