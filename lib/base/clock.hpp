#pragma once

#include "base/timestamp.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync {

/// The only place the program asks for the time. Tests put a clock of their own behind it.
class Clock {
public:
    virtual ~Clock() = default;

    virtual Timestamp now() const = 0;

    /// Returns at `at`, or at once when that has passed. Cancelling throws
    /// boost::system::system_error(operation_aborted).
    virtual boost::asio::awaitable<void> sleep_until(Timestamp at) = 0;

    boost::asio::awaitable<void> sleep_for(std::chrono::microseconds span)
    {
        return sleep_until(now() + span);
    }
};

class SystemClock final : public Clock {
public:
    Timestamp now() const override;
    boost::asio::awaitable<void> sleep_until(Timestamp at) override;
};

} // namespace crmsync
