#include "sync/untrack.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::sync {

namespace {

/// Where the removal goes by what the item shows; confirmed and plain ones apart.
std::vector<std::string>& place(UntrackVerdict& verdict, const store::StagedRemoval& removal,
                                const std::map<std::string, FreshLook>& fresh)
{
    if (removal.wanted == store::HeldWish::reject)
        return verdict.reject;
    if (!removal.linked)
        return verdict.drop; // nothing is left that could be untracked
    const auto look = fresh.find(removal.item_id);
    if (look == fresh.end() || look->second == FreshLook::not_said)
        return verdict.keep;
    if (look->second != FreshLook::bare)
        return verdict.drop;
    return removal.wanted == store::HeldWish::confirm ? verdict.confirm : verdict.release;
}

} // namespace

std::int64_t removals_allowed(std::int64_t links)
{
    constexpr std::int64_t always = 10, most = 200, one_in = 20;
    return std::max(always, std::min(links / one_in, most));
}

UntrackVerdict judge_untracks(const store::Staged& staged,
                              const std::map<std::string, FreshLook>& fresh, bool category_gone)
{
    UntrackVerdict verdict;
    for (const store::StagedRemoval& removal : staged.removals)
        place(verdict, removal, fresh).push_back(removal.item_id);

    verdict.in_last_hour = staged.removed_last_hour + static_cast<int>(verdict.release.size());
    verdict.allowed = removals_allowed(staged.links);
    if (verdict.release.empty())
        return verdict;
    if (category_gone || staged.category_went)
        verdict.guard = Guard::category_gone;
    else if (verdict.in_last_hour > verdict.allowed)
        verdict.guard = Guard::many;
    if (verdict.guard != Guard::open)
        verdict.hold = std::exchange(verdict.release, {});
    return verdict;
}

} // namespace crmsync::sync
