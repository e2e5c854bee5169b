#pragma once

#include "base/failure.hpp"
#include "base/timestamp.hpp"

#include <optional>

namespace crmsync::schedule {

/// How a turn over a mailbox ended.
struct TurnEnd {
    Timestamp at{};
    bool more_to_do = false;         ///< a backlog is left: come back at once
    std::optional<Timestamp> due_at; ///< something is to be done then, also without news
    std::optional<Reaction> failed;
    std::optional<std::chrono::milliseconds> advice;
    int failures_in_row = 0; ///< this one included
};

/// When the mailbox is to be worked on next. Nothing: not before a person changes something.
std::optional<Timestamp> next_turn(const TurnEnd& end, std::chrono::seconds poll_interval,
                                   double jitter);

} // namespace crmsync::schedule
