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

/// What lets the guard against mass untracking hold everything back.
enum class Guard {
    open,
    many,          ///< more removals within an hour than a person makes
    category_gone, ///< our category is gone from the mailbox's list, and so from the items
};

struct UntrackVerdict {
    std::vector<std::string> release; ///< untrack these
    std::vector<std::string> confirm; ///< these as well, past the guard
    std::vector<std::string> hold;    ///< wait for a person, and undo what the last hour released
    std::vector<std::string> reject;  ///< the categories are to be put back
    std::vector<std::string> drop;    ///< nothing was taken off after all
    std::vector<std::string> keep;    ///< ask again next time
    int in_last_hour = 0;             ///< removals of the last hour, these included
    std::int64_t allowed = 0;         ///< in an hour
    Guard guard = Guard::open;
};

/// How many removals within an hour are believed, of a mailbox that has this many links.
std::int64_t removals_allowed(std::int64_t links);

/// Decides over all staged removals of a mailbox at once, together with those of the last hour. The
/// only place that lets an untrack through; an item without a fresh look is kept. What a person
/// confirmed or rejected neither counts nor is counted.
UntrackVerdict judge_untracks(const store::Staged& staged,
                              const std::map<std::string, FreshLook>& fresh, bool category_gone);

} // namespace crmsync::sync
