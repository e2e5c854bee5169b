#pragma once

#include "base/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace crmsync::schedule {

/// A sleep that can be ended early. One sleeper; a wake-up while nobody sleeps ends the next sleep
/// at once, several count as one.
class Wake {
public:
    explicit Wake(boost::asio::any_io_executor executor);

    void notify();
    boost::asio::awaitable<void> wait_until(Clock& clock, Timestamp at);

private:
    boost::asio::steady_timer never_;
    bool pending_ = false;
};

} // namespace crmsync::schedule
