#include "sync/untrack_release.hpp"

#include "match/categories.hpp"
#include "store/leases.hpp"
#include "store/untracks.hpp"
#include "sync/looked_up.hpp"
#include "sync/sync_metrics.hpp"
#include "sync/untrack.hpp"

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

FreshLook look_at(const std::optional<Item>& item, const match::Policy& policy)
{
    if (!item)
        return FreshLook::gone;
    if (!item->categories.said())
        return FreshLook::not_said;
    const match::OwnCategories own = match::own_categories(item->categories.value_or({}), policy);
    return own.track || own.tracked || own.review ? FreshLook::carries : FreshLook::bare;
}

const char* became(store::Untracked outcome)
{
    switch (outcome) {
    case store::Untracked::unlinked:
        return "unlinked";
    case store::Untracked::owner_passed:
        return "owner_passed";
    case store::Untracked::kept:
        return "kept";
    case store::Untracked::tombstoned:
        return "tombstoned";
    }
    return "unlinked";
}

/// Items whose category is there after all. Believing an old row (G-63), the page may have dropped
/// an answer they are owed: they are decided again.
std::vector<Change> carriers(std::vector<std::optional<Item>> looks,
                             const std::map<std::string, FreshLook>& fresh)
{
    std::vector<Change> changes;
    for (std::optional<Item>& look : looks) {
        if (!look || fresh.at(look->key.id) != FreshLook::carries)
            continue;
        Change& change = changes.emplace_back();
        change.key = look->key;
        change.item = std::move(look);
    }
    return changes;
}

std::vector<store::Release> releases_of(const UntrackVerdict& verdict, const store::Staged& staged,
                                        const PrivateHash& hash)
{
    std::vector<store::Release> releases;
    for (const std::string& item_id : verdict.release)
        for (const store::StagedRemoval& removal : staged.removals) {
            if (removal.item_id != item_id)
                continue;
            store::Release release;
            release.item_id = item_id;
            release.item_hmac = hash.item(item_id);
            if (removal.message_id)
                release.message_hmac = hash.message(*removal.message_id);
            releases.push_back(std::move(release));
        }
    return releases;
}

} // namespace

asio::awaitable<UntrackReport> release_untracks(const TurnContext& context)
{
    UntrackReport report;
    store::Untracks untracks(context.pool);
    const store::Staged staged = co_await untracks.staged(context.mailbox.id);
    if (staged.removals.empty())
        co_return report;

    std::vector<ItemKey> keys;
    for (const store::StagedRemoval& removal : staged.removals)
        keys.push_back(ItemKey{context.mailbox.id, removal.item_id});
    std::vector<std::optional<Item>> looks = co_await context.connector.look_up(std::move(keys));
    std::map<std::string, FreshLook> fresh;
    for (std::size_t i = 0; i < looks.size(); ++i)
        fresh[staged.removals[i].item_id] = look_at(looks[i], context.rules->policy);

    UntrackVerdict verdict = judge_untracks(staged, fresh);
    report.dropped = static_cast<int>(verdict.drop.size());
    report.kept = static_cast<int>(verdict.keep.size());
    if (!verdict.release.empty()) {
        std::vector<store::Release> releases = releases_of(verdict, staged, context.hash);
        store::UntrackPolicy policy;
        policy.keep = context.rules->settings.tracking.on_untrack == "keep";
        policy.grace_days = context.rules->settings.tracking.untrack_grace_days;
        const store::ReleaseReport released =
            co_await untracks.release(context.fence, std::move(releases), policy);
        report.released = static_cast<int>(released.released.size());
        for (const store::Released& one : released.released)
            context.metrics.add(metric_untracks, 1, {{"became", became(one.became)}});
        if (!released.owed.empty()) {
            store::Leases leases(context.pool);
            co_await leases.wake(released.owed);
        }
    }
    if (!verdict.drop.empty())
        co_await untracks.drop(context.fence, std::move(verdict.drop));
    co_await handle_looked_up(context, carriers(std::move(looks), fresh));
    co_return report;
}

} // namespace crmsync::sync
