#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "sync/own_writes.hpp"

#include <map>
#include <optional>
#include <string>

namespace crmsync::sync {

/// What a turn leaves to the next one over the same mailbox in the same process. Nothing that has
/// to survive: where it is lost, every folder is asked once.
struct TurnMemory {
    /// When folders were last asked for news; nothing: never.
    std::optional<Timestamp> asked_at;
    /// What changed from then on, by the provider's clock, it has not told yet, or may have told
    /// only in part.
    std::optional<Timestamp> changed_since;
    /// Changed items of folders without a cursor for news that were looked at, by version: the
    /// provider tells of them again for a while.
    std::map<std::string, Version> looked_at;
    /// What comes back of the answers.
    OwnWrites own;
    /// When the mailbox's list of categories was looked at.
    std::optional<Timestamp> list_at;
    /// The turn ended in a backlog: the next one goes on there.
    bool backlog_left = false;
    /// Regarding categories could not be put into the list, and that was said.
    bool labels_missing = false;
};

} // namespace crmsync::sync
