#pragma once

#include "store/untracks.hpp"

#include <map>
#include <string>
#include <vector>

namespace crmsync::sync {

/// What a read of the item after the mailbox had caught up showed.
enum class FreshLook {
    bare,     ///< the item is there without any category that means tracked
    carries,  ///< the item carries one (again)
    gone,     ///< the item is not in the mailbox any more: a deletion, never an untrack
    not_said, ///< the answer said nothing about categories: nothing may be concluded
};

struct UntrackVerdict {
    std::vector<std::string> release; ///< untrack these
    std::vector<std::string> drop;    ///< nothing was taken off after all
    std::vector<std::string> keep;    ///< ask again next time
    int in_last_hour = 0;             ///< removals of the last hour, these included
};

/// Decides over all staged removals of a mailbox at once, together with those of the last hour. The
/// only place that lets an untrack through; an item without a fresh look is kept.
UntrackVerdict judge_untracks(const store::Staged& staged,
                              const std::map<std::string, FreshLook>& fresh);

} // namespace crmsync::sync
