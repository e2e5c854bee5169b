#pragma once

#include "model/plan.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

struct CommittedItem {
    std::string item_id;
    ActivityId activity;
    bool created = false; ///< this item made the activity; false: it joined one
    bool revived = false; ///< the activity was a tombstone
};

struct Committed {
    /// In the order of the plan, without those whose activity was buried after a rule had decided.
    std::vector<CommittedItem> tracked;
    /// Other mailboxes that have something to look at again because of what is stored now: wake
    /// them.
    std::vector<MailboxId> revisits;
    int attempts = 1; ///< more where the server had to break a deadlock
};

/// One chunk of a page, whole or not at all: activities, links, decisions, owed writes and, with
/// the last chunk, the cursor (SCHEMA "One chunk of a page"). Waits for no network.
///
/// A deadlock or serialization failure repeats the chunk a few times. An item with something that
/// PostgreSQL does not take is parked, and the others are stored without it. Throws
/// Failure("lease.lost", give_back) when the fence is not ours any more; any other failure leaves
/// it open whether the chunk was committed, and the caller starts over from the stored cursor.
boost::asio::awaitable<Committed> commit(pg::Connection& connection, Fence fence, Plan plan,
                                         std::optional<Progress> progress);

/// How far folders have been read in which nothing was found: one transaction for all of them.
boost::asio::awaitable<void> advance_cursors(pg::Connection& connection, Fence fence,
                                             std::vector<Progress> progress);

} // namespace crmsync::store
