#pragma once

#include "model/plan.hpp"
#include "store/untracks.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace crmsync::store {

/// What is stored about an item that is released, read under lock.
struct ReleaseFact {
    std::string item_id;
    ActivityId activity;
    bool activity_deleted = false;
    bool owner = false;             ///< the mailbox's user owns the activity
    bool tagged_copy_left = false;  ///< another copy in this mailbox carries a tag
    bool shared = false;            ///< this mailbox only shows what others track
    std::optional<OwnerClaim> heir; ///< the earliest other person who tagged it
};

/// What a release changes.
struct ReleasePlan {
    std::vector<Released> released;
    std::set<ActivityId> left;   ///< without a tagged copy in this mailbox: all its links here go
    std::set<ActivityId> buried; ///< become tombstones
    std::map<ActivityId, OwnerClaim> heirs; ///< pass to another owner
    std::vector<Sha256> items;              ///< the released ones, by HMAC: pinned, and decided
    std::vector<Sha256> messages;           ///< pinned as a whole: every copy in this mailbox
};

/// Who keeps what when a person takes the tag off (PRODUCT section 3, "Untrack"). Pure.
ReleasePlan plan_release(const std::vector<ReleaseFact>& facts,
                         const std::vector<Release>& releases, UntrackPolicy policy);

} // namespace crmsync::store
