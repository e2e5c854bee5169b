#pragma once

#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

struct DrainReport {
    int written = 0;
    int unneeded = 0; ///< the item said already what it should
    int conflicts = 0;
    int gone = 0;
    int failed = 0;

    DrainReport& operator+=(const DrainReport& other);
};

/// Brings the mailbox to the state it is owed, a hundred items a round, the latest answers first:
/// until nothing is due, or for `work_at_a_time`, so that new mail does not wait for a pile. Each
/// write replaces the whole list of categories and carries the version that list was read at; on a
/// conflict the item is read again and, where a person changed something of ours, decided again.
/// What was done is added to `report`, also where the drain fails in the end.
boost::asio::awaitable<void> drain_write_backs(const TurnContext& context, DrainReport& report);

} // namespace crmsync::sync
