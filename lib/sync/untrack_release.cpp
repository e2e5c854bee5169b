#include "sync/untrack_release.hpp"

#include "base/log.hpp"
#include "match/categories.hpp"
#include "store/held_untracks.hpp"
#include "store/leases.hpp"
#include "store/page_store.hpp"
#include "store/untracks.hpp"
#include "sync/looked_up.hpp"
#include "sync/note_event.hpp"
#include "sync/sync_metrics.hpp"
#include "sync/untrack.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

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

/// What the rows that are staged know of these items, in the order of `ids`.
std::vector<const store::StagedRemoval*> removals_of(const std::vector<std::string>& ids,
                                                     const store::Staged& staged)
{
    std::map<std::string, const store::StagedRemoval*> by_id;
    for (const store::StagedRemoval& removal : staged.removals)
        by_id.emplace(removal.item_id, &removal);
    std::vector<const store::StagedRemoval*> removals;
    for (const std::string& id : ids)
        removals.push_back(by_id.at(id));
    return removals;
}

/// One mailbox's staged removals, from the look to what becomes of them.
class Removals {
public:
    Removals(const TurnContext& context, store::Staged staged, UntrackReport& report)
        : context_(context), staged_(std::move(staged)), report_(report), untracks_(context.pool),
          guard_(context.pool)
    {}

    bool any_plain() const
    {
        return std::any_of(staged_.removals.begin(), staged_.removals.end(),
                           [](const store::StagedRemoval& removal) { return !removal.wanted; });
    }

    asio::awaitable<void> run()
    {
        if (any_plain() && !co_await look_at_list())
            std::erase_if(staged_.removals,
                          [](const store::StagedRemoval& removal) { return !removal.wanted; });
        co_await look();
        UntrackVerdict verdict = judge_untracks(staged_, fresh_, category_gone_);
        report_.dropped = static_cast<int>(verdict.drop.size());
        report_.kept = static_cast<int>(verdict.keep.size());
        co_await hold(verdict);
        co_await release(verdict.release, false);
        co_await release(verdict.confirm, true);
        verdict.release.insert(verdict.release.end(), verdict.confirm.begin(),
                               verdict.confirm.end());
        co_await clear(verdict.release);
        co_await reject(std::move(verdict.reject));
        if (!verdict.drop.empty())
            co_await untracks_.drop(context_.fence, std::move(verdict.drop));
        co_await handle_looked_up(context_, carriers(std::move(looks_), fresh_));
    }

private:
    /// Whether anything may be released in this turn. A category that was never in the list cannot
    /// have gone from it.
    asio::awaitable<bool> look_at_list()
    {
        if (!report_.list) {
            report_.list = co_await ensure_categories(context_);
            if (!staged_.category_known || !report_.list->tracked_was_there.value_or(true))
                co_await remember_list(context_, *report_.list);
        }
        if (!report_.list->tracked_was_there)
            co_return false;
        category_gone_ = staged_.category_known && !*report_.list->tracked_was_there;
        co_return true;
    }

    asio::awaitable<void> look()
    {
        std::vector<ItemKey> keys;
        for (const store::StagedRemoval& removal : staged_.removals)
            if (removal.linked && removal.wanted != store::HeldWish::reject)
                keys.push_back(ItemKey{context_.mailbox.id, removal.item_id});
        if (keys.empty())
            co_return;
        looks_ = co_await context_.connector.look_up(keys);
        if (std::find(looks_.begin(), looks_.end(), std::nullopt) != looks_.end())
            co_await context_.expect_same_account();
        for (std::size_t i = 0; i < looks_.size(); ++i)
            fresh_[keys[i].id] = look_at(looks_[i], context_.rules->policy);
    }

    /// Many at once are released in parts: each is one transaction, and the turn may have to end.
    asio::awaitable<void> release(const std::vector<std::string>& ids, bool confirmed)
    {
        constexpr std::size_t at_once = 200;
        store::UntrackPolicy policy;
        policy.keep = context_.effective().on_untrack.value == "keep";
        policy.of_team = context_.mailbox.kind == "shared";
        policy.grace_days = context_.rules->settings.tracking.untrack_grace_days;
        for (std::size_t first = 0; first < ids.size(); first += at_once) {
            context_.end_if_stopping();
            const std::size_t last = std::min(ids.size(), first + at_once);
            const std::vector<std::string> part(ids.begin() + static_cast<std::ptrdiff_t>(first),
                                                ids.begin() + static_cast<std::ptrdiff_t>(last));
            std::vector<store::Release> releases = releases_of(part, confirmed);
            const store::ReleaseReport released =
                co_await untracks_.release(context_.fence, std::move(releases), policy);
            report_.released += static_cast<int>(released.released.size());
            for (const store::Released& one : released.released)
                context_.metrics.add(metric_untracks, 1,
                                     {{"became", std::string(to_string(one.became))}});
            co_await wake(released.owed);
        }
        if (!confirmed || ids.empty())
            co_return;
        boost::json::object detail;
        detail["count"] = ids.size();
        co_await note_event(context_.pool, context_.mailbox.id, "info", "untracks_confirmed",
                            std::move(detail));
    }

    std::vector<store::Release> releases_of(const std::vector<std::string>& ids,
                                            bool confirmed) const
    {
        std::vector<store::Release> releases;
        for (const store::StagedRemoval* removal : removals_of(ids, staged_)) {
            store::Release& release = releases.emplace_back();
            release.item_id = removal->item_id;
            release.item_hmac = context_.hash.item(removal->item_id);
            if (removal->message_id)
                release.message_hmac = context_.hash.message(*removal->message_id);
            release.confirmed = confirmed;
        }
        return releases;
    }

    /// Another state of ours on an item that is untracked now says nothing true.
    asio::awaitable<void> clear(const std::vector<std::string>& released)
    {
        const match::Policy& policy = context_.rules->policy;
        Plan plan;
        plan.policy_version = context_.rules->fingerprint;
        for (const std::optional<Item>& look : looks_) {
            if (!look || !look->categories.has_value() || !look->version.has_value() ||
                std::find(released.begin(), released.end(), look->key.id) == released.end())
                continue;
            if (!match::own_categories(*look->categories, policy).answered())
                continue;
            OwedCategories& owed = plan.write_backs.emplace_back();
            owed.item_id = look->key.id;
            if (!look->uncleaned_categories)
                owed.categories = *look->categories;
            owed.version = *look->version;
        }
        if (plan.write_backs.empty())
            co_return;
        const auto connection = co_await context_.pool.acquire();
        co_await store::commit(*connection, context_.fence, std::move(plan), std::nullopt);
    }

    asio::awaitable<void> hold(const UntrackVerdict& verdict)
    {
        if (verdict.hold.empty())
            co_return;
        context_.end_if_stopping();
        std::vector<store::HeldRemoval> removals;
        for (const std::string& id : verdict.hold)
            removals.push_back(store::HeldRemoval{id, context_.hash.item(id)});
        const bool gone = verdict.guard == Guard::category_gone;
        const Rule why = gone ? Rule::guard_category : Rule::guard_many;
        const store::HoldReport held =
            co_await guard_.hold(context_.fence, std::move(removals), why);
        const int now = static_cast<int>(verdict.hold.size()) + held.revived;
        context_.metrics.add(metric_untracks, now, {{"became", "held"}});
        co_await wake(held.owed);
        log::warn(log::Area::sync,
                  gone ? "our category is gone from the mailbox's list; what was untracked is held"
                       : "more was untracked within an hour than is believed; all of it is held",
                  {{"mailbox", context_.mailbox.id.value},
                   {"held", now},
                   {"revived", held.revived},
                   {"allowed", verdict.allowed}});
        boost::json::object detail;
        detail["held"] = now;
        detail["revived"] = held.revived;
        detail["allowed"] = verdict.allowed;
        detail["why"] = to_string(why);
        co_await note_event(context_.pool, context_.mailbox.id, "warn", "untracks_held",
                            std::move(detail));
        report_.held += now;
    }

    asio::awaitable<void> reject(std::vector<std::string> ids)
    {
        if (ids.empty())
            co_return;
        boost::json::object detail;
        detail["count"] = ids.size();
        co_await guard_.reject(context_.fence, std::move(ids));
        co_await note_event(context_.pool, context_.mailbox.id, "info", "untracks_rejected",
                            std::move(detail));
    }

    asio::awaitable<void> wake(std::vector<MailboxId> mailboxes)
    {
        if (mailboxes.empty())
            co_return;
        store::Leases leases(context_.pool);
        co_await leases.wake(std::move(mailboxes));
    }

    const TurnContext& context_;
    store::Staged staged_;
    UntrackReport& report_;
    store::Untracks untracks_;
    store::HeldUntracks guard_;
    std::vector<std::optional<Item>> looks_;
    std::map<std::string, FreshLook> fresh_;
    bool category_gone_ = false;
};

} // namespace

asio::awaitable<UntrackReport> release_untracks(const TurnContext& context,
                                                std::optional<CategoryCheck> list)
{
    UntrackReport report;
    report.list = list;
    store::Untracks untracks(context.pool);
    store::Staged staged = co_await untracks.staged(context.mailbox.id);
    report.held = staged.held;
    if (staged.removals.empty())
        co_return report;
    Removals removals(context, std::move(staged), report);
    co_await removals.run();
    co_return report;
}

} // namespace crmsync::sync
