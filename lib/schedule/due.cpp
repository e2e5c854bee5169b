#include "schedule/due.hpp"

#include "base/backoff.hpp"

#include <algorithm>

namespace crmsync::schedule {

std::optional<Timestamp> next_turn(const TurnEnd& end, std::chrono::seconds poll_interval,
                                   double jitter)
{
    using std::chrono::hours;
    using std::chrono::minutes;
    if (end.failed) {
        switch (*end.failed) {
        case Reaction::give_back:
            return std::nullopt;
        case Reaction::stop:
            // A mailbox the provider no longer has comes back by itself at times (G-45): ask daily.
            return end.at + hours(24);
        case Reaction::reauthorise:
            return end.at +
                   backoff(end.failures_in_row, jitter, end.advice, {minutes(1), minutes(15)});
        case Reaction::retry:
        case Reaction::wait:
        case Reaction::set_aside:
            return end.at + backoff(end.failures_in_row, jitter, end.advice,
                                    {std::chrono::seconds(1), minutes(5)});
        }
    }
    if (end.more_to_do)
        return end.at;
    const Timestamp poll = end.at + poll_interval;
    return end.due_at ? std::max(end.at, std::min(*end.due_at, poll)) : poll;
}

} // namespace crmsync::schedule
