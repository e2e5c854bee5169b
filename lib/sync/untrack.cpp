#include "sync/untrack.hpp"

namespace crmsync::sync {

UntrackVerdict judge_untracks(const store::Staged& staged,
                              const std::map<std::string, FreshLook>& fresh)
{
    UntrackVerdict verdict;
    for (const store::StagedRemoval& removal : staged.removals) {
        const auto look = fresh.find(removal.item_id);
        if (look == fresh.end() || look->second == FreshLook::not_said)
            verdict.keep.push_back(removal.item_id);
        else if (look->second == FreshLook::bare)
            verdict.release.push_back(removal.item_id);
        else
            verdict.drop.push_back(removal.item_id);
    }
    verdict.in_last_hour = staged.removed_last_hour + static_cast<int>(verdict.release.size());
    return verdict;
}

} // namespace crmsync::sync
