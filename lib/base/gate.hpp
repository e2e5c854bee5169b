#pragma once

#include "base/clock.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace crmsync {

/// What somebody else allows us to do at once and over time.
struct GateLimits {
    int at_once = 3;        ///< operations under way
    int allowance = 10'000; ///< starts within any span of `per`
    std::chrono::microseconds per{std::chrono::minutes(10)};
};

/// Lets at most `at_once` operations through at a time and at most `allowance` parts within any
/// span of `per`; who comes first goes first, whatever he asks for, so that a large request is
/// never starved by small ones. A window and not a bucket that refills: a full bucket that refills
/// while it is emptied lets up to twice the allowance through in one span.
///
/// One thread. Copies of the permits keep what they need alive; the gate itself may go first.
class Gate {
public:
    class State;

    /// Leaves the gate when it is destroyed.
    class Permit {
    public:
        Permit() = default;
        Permit(std::shared_ptr<State> state, int slots);
        Permit(Permit&& other) noexcept;
        Permit& operator=(Permit&& other) noexcept;
        ~Permit();

        void leave();

    private:
        std::shared_ptr<State> state_;
        int slots_ = 0;
    };

    Gate(Clock& clock, GateLimits limits);

    /// Waits until `slots` of the operations at once are free and the allowance has room for
    /// `parts` more, then takes both. `slots` above the limit means: alone. Cancelling throws
    /// boost::system::system_error(operation_aborted) and takes nothing.
    boost::asio::awaitable<Permit> enter(int slots = 1, int parts = 1);

    /// Nobody enters before `at`: the other side said so. Never shortens a closure.
    void close_until(Timestamp at);

    int under_way() const;
    int waiting() const;

private:
    std::shared_ptr<State> state_;
};

} // namespace crmsync
