#pragma once

#include "pg/connection.hpp"

#include <functional>
#include <memory>
#include <string>

namespace crmsync::pg {

/// One connection that LISTENs. Connects again when it is lost and then calls `on_notify` once with
/// an empty payload, since something may have been missed.
class Listener {
public:
    Listener(boost::asio::any_io_executor executor, Clock& clock, ConnectionOptions options,
             std::string channel, std::function<void(std::string payload)> on_notify);
    ~Listener();

    /// Runs until cancelled.
    boost::asio::awaitable<void> run();

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace crmsync::pg
