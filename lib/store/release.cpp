#include "store/release.hpp"

namespace crmsync::store {
namespace {

Untracked becomes(const ReleaseFact& fact, UntrackPolicy policy)
{
    // Of what others track this mailbox only loses the sight, be it its own user who owns it.
    if (fact.tagged_copy_left || fact.shared || !fact.owner || fact.activity_deleted)
        return Untracked::unlinked;
    // A team loses nothing to whoever of it tagged a copy as well.
    if (policy.of_team && policy.keep)
        return Untracked::kept;
    if (fact.heir)
        return Untracked::owner_passed;
    return policy.keep ? Untracked::kept : Untracked::tombstoned;
}

} // namespace

ReleasePlan plan_release(const std::vector<ReleaseFact>& facts,
                         const std::vector<Release>& releases, UntrackPolicy policy)
{
    std::map<std::string, const Release*> wanted;
    for (const Release& release : releases)
        wanted.emplace(release.item_id, &release);

    ReleasePlan plan;
    for (const ReleaseFact& fact : facts) {
        const Release& release = *wanted.at(fact.item_id);
        Released& released = plan.released.emplace_back();
        released.item_id = fact.item_id;
        released.activity = fact.activity;
        released.became = becomes(fact, policy);
        plan.items.push_back(release.item_hmac);
        if (fact.tagged_copy_left)
            continue;
        // With the last tagged copy the message has left this mailbox for good.
        plan.left.insert(fact.activity);
        if (release.message_hmac)
            plan.messages.push_back(*release.message_hmac);
        if (released.became == Untracked::owner_passed)
            plan.heirs.emplace(fact.activity, *fact.heir);
        if (released.became == Untracked::tombstoned)
            plan.buried.insert(fact.activity);
    }
    return plan;
}

} // namespace crmsync::store
