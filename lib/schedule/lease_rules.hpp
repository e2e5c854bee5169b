#pragma once

#include "base/timestamp.hpp"

#include <optional>

namespace crmsync::schedule {

struct LeaseTimes {
    std::chrono::seconds ttl{30}; ///< how long a heartbeat keeps other processes away
    std::chrono::seconds renew{10};
    std::chrono::seconds margin{3}; ///< let go this much before the others may come
};

/// Whether a process may still work under its leases at `now`. It trusts them until the moment the
/// last confirmed heartbeat was *asked for* plus ttl less margin, by its own clock: the server's
/// expiry can only be later. The fence in the database is the safety; this is courtesy.
bool may_work(std::optional<Timestamp> heartbeat_asked, Timestamp now, const LeaseTimes& times);

/// When the next heartbeat is to be sent.
Timestamp next_heartbeat(std::optional<Timestamp> heartbeat_asked, Timestamp now,
                         const LeaseTimes& times);

/// How many mailboxes to claim now: a few at a time, so that processes that start together share.
int claim_size(int held, int capacity);

} // namespace crmsync::schedule
