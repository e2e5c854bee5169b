#pragma once

#include "base/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace crmsync::test {

/// Time that passes only when a test says so. Sleepers due at the same moment wake in the order in
/// which they lay down, so that a day of back-off and polling runs the same way each time.
///
/// Declare it before the io_context whose coroutines sleep on it.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start);

    Timestamp now() const override { return now_; }
    boost::asio::awaitable<void> sleep_until(Timestamp at) override;

    /// Sets the time and wakes everybody who is due. Their coroutines go on when the io_context
    /// runs next. Time never goes back.
    void advance_to(Timestamp at);
    void advance_by(std::chrono::microseconds span) { advance_to(now_ + span); }

    std::size_t sleepers() const { return sleepers_.size(); }
    /// When the first of them wants to be woken.
    std::optional<Timestamp> next_sleeper() const
    {
        if (sleepers_.empty())
            return std::nullopt;
        return sleepers_.begin()->first.first;
    }
    /// How often anybody was woken since the start.
    std::uint64_t woken() const { return woken_; }

    /// How many operations are under way at this place (requests in `net`, statements in `pg`).
    /// While any of these is above zero an answer is on its way in real time and the clock stands.
    void count_operations(std::function<int()> under_way);

    /// Runs the context until `done` holds, which is looked at after each handler. Whenever the
    /// context is dry and nothing is under way, time jumps to the next sleeper, but not past
    /// `limit`. False when there is nothing left to wait for before `limit`. Throws
    /// std::runtime_error when operations stay under way without any event for `patience` of real
    /// time.
    bool run_until(boost::asio::io_context& context, const std::function<bool()>& done,
                   Timestamp limit, std::chrono::milliseconds patience = std::chrono::seconds(30));

    /// Runs up to `limit` and leaves the clock there.
    void run_to(boost::asio::io_context& context, Timestamp limit);

private:
    using Place = std::pair<Timestamp, std::uint64_t>; ///< when, and who came first
    struct Sleeper {
        boost::asio::steady_timer* call;
        bool* woken;
    };
    class Bed;

    void wake_first();
    bool anything_under_way() const;

    Timestamp now_;
    std::uint64_t came_ = 0;
    std::uint64_t woken_ = 0;
    std::map<Place, Sleeper> sleepers_;
    std::vector<std::function<int()>> counters_;
};

} // namespace crmsync::test
