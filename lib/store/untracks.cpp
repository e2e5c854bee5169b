#include "store/untracks.hpp"

#include "store/columns.hpp"
#include "store/release.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace crmsync::store {
namespace {

StagedRemoval read_removal(const pg::Result& rows, int row)
{
    StagedRemoval removal;
    removal.item_id = rows.get<std::string>(row, 0);
    removal.seen_at = rows.get<Timestamp>(row, 1);
    if (const auto wanted = rows.get<std::optional<std::string_view>>(row, 2))
        removal.wanted = *wanted == "confirm" ? HeldWish::confirm : HeldWish::reject;
    const auto activity = optional_id<ActivityId>(rows, row, 3);
    if (!activity)
        return removal;
    removal.linked = true;
    removal.activity = *activity;
    removal.activity_deleted = rows.get<bool>(row, 4);
    removal.message_id = rows.get<std::optional<std::string>>(row, 5);
    removal.tracked_by = rows.get<std::string>(row, 6);
    removal.category_seen = state_category(rows.get<std::string_view>(row, 7));
    removal.owner = rows.get<bool>(row, 8);
    removal.other_person = rows.get<bool>(row, 9);
    return removal;
}

ReleaseFact read_fact(const pg::Result& rows, int row)
{
    ReleaseFact fact;
    fact.item_id = rows.get<std::string>(row, 0);
    fact.activity = ActivityId(rows.get<Uuid>(row, 1));
    fact.activity_deleted = rows.get<bool>(row, 2);
    fact.owner = rows.get<bool>(row, 3);
    fact.tagged_copy_left = rows.get<bool>(row, 4);
    fact.shared = rows.get<bool>(row, 8);
    if (const auto heir = optional_id<RecordId>(rows, row, 5)) {
        fact.heir.emplace();
        fact.heir->owner = *heir;
        fact.heir->by_person = true;
        fact.heir->at = rows.get<Timestamp>(row, 6);
        fact.heir->address = rows.get<std::string>(row, 7);
    }
    return fact;
}

std::vector<MailboxId> distinct_mailboxes(const pg::Result& rows)
{
    std::set<MailboxId> mailboxes;
    for (int row = 0; row < rows.rows(); ++row)
        mailboxes.emplace(rows.get<std::int64_t>(row, 0));
    return {mailboxes.begin(), mailboxes.end()};
}

std::vector<Uuid> plain_ids(const std::set<ActivityId>& ids)
{
    std::vector<Uuid> all;
    for (const ActivityId& id : ids)
        all.push_back(id.value);
    return all;
}

void add_heirs(pg::Script& script, const std::map<ActivityId, OwnerClaim>& heirs)
{
    std::vector<Uuid> ids, owners;
    std::vector<Timestamp> tagged;
    std::vector<std::string> addresses;
    for (const auto& [id, heir] : heirs) {
        ids.push_back(id.value);
        owners.push_back(heir.owner.value);
        tagged.push_back(heir.at);
        addresses.push_back(heir.address);
    }
    if (ids.empty())
        return;
    script.add(sql::pass_ownership, params(ids, owners, tagged, addresses));
    script.add(sql::follow_owners_choice, params(ids, static_cast<std::int64_t>(Strength::person)));
}

/// What is not confirmed by a person can be undone within the hour.
void add_kept(pg::Script& script, MailboxId mailbox, const std::vector<Release>& releases,
              const ReleasePlan& plan)
{
    std::vector<std::string> items;
    std::vector<pg::Bytes> item_hmacs;
    std::vector<std::optional<pg::Bytes>> message_hmacs;
    std::vector<Uuid> activities;
    std::vector<std::string_view> became;
    for (const Release& release : releases) {
        const auto released =
            std::find_if(plan.released.begin(), plan.released.end(),
                         [&](const Released& one) { return one.item_id == release.item_id; });
        if (released == plan.released.end() || release.confirmed)
            continue;
        items.push_back(release.item_id);
        item_hmacs.push_back(pg::to_bytes(release.item_hmac));
        std::optional<pg::Bytes>& message = message_hmacs.emplace_back();
        if (release.message_hmac && plan.left.contains(released->activity))
            message = pg::to_bytes(*release.message_hmac);
        activities.push_back(released->activity.value);
        became.push_back(to_string(released->became));
    }
    if (!items.empty())
        script.add(sql::keep_released, params(mailbox, items, item_hmacs, message_hmacs, activities,
                                              became, plain_ids(plan.left)));
}

} // namespace

std::string_view to_string(Untracked outcome)
{
    switch (outcome) {
    case Untracked::unlinked:
        return "unlinked";
    case Untracked::owner_passed:
        return "owner_passed";
    case Untracked::kept:
        return "kept";
    case Untracked::tombstoned:
        return "tombstoned";
    }
    return "";
}

boost::asio::awaitable<Staged> Untracks::staged(MailboxId mailbox)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script;
    script.add(sql::staged_untracks, params(mailbox));
    script.add(sql::removals_last_hour, params(mailbox));
    const std::vector<pg::Result> results = co_await connection->run(std::move(script));
    Staged staged;
    for (int row = 0; row < results[0].rows(); ++row)
        staged.removals.push_back(read_removal(results[0], row));
    if (!results[1].empty()) {
        staged.removed_last_hour = results[1].get<int>(0, 0) + results[1].get<int>(0, 1);
        staged.held = results[1].get<int>(0, 2);
        staged.links = results[1].get<std::int64_t>(0, 3);
        staged.category_known = results[1].get<bool>(0, 4);
        staged.category_went = results[1].get<bool>(0, 5);
    }
    co_return staged;
}

boost::asio::awaitable<ReleaseReport> Untracks::release(Fence fence, std::vector<Release> releases,
                                                        UntrackPolicy policy)
{
    ReleaseReport report;
    if (releases.empty())
        co_return report;
    std::vector<std::string> items;
    for (const Release& release : releases)
        items.push_back(release.item_id);

    const auto connection = co_await pool_.acquire();
    pg::Script script = owning_transaction(fence);
    script.add(sql::lock_released_activities, params(fence.mailbox, items));
    script.add(sql::release_facts, params(fence.mailbox, items));
    const std::vector<pg::Result> answers = co_await advance(*connection, std::move(script));
    std::vector<ReleaseFact> facts;
    for (int row = 0; row < answers.back().rows(); ++row)
        facts.push_back(read_fact(answers.back(), row));

    const ReleasePlan plan = plan_release(facts, releases, policy);
    std::vector<pg::Bytes> pinned_items, pinned_messages;
    for (const Sha256& item : plan.items)
        pinned_items.push_back(pg::to_bytes(item));
    for (const Sha256& message : plan.messages)
        pinned_messages.push_back(pg::to_bytes(message));

    script = pg::Script();
    add_kept(script, fence.mailbox, releases, plan);
    add_heirs(script, plan.heirs);
    script.add(sql::bury_activities, params(plain_ids(plan.buried), policy.grace_days));
    script.add(sql::unlink, params(fence.mailbox, items, plain_ids(plan.left)));
    script.add(sql::insert_pins, params(fence.mailbox, pinned_items, pinned_messages));
    script.add(sql::unstage_untracks, params(fence.mailbox, items));
    script.add(sql::decide_untracked, params(fence.mailbox, pinned_items, pinned_messages));
    // Last: rows of other mailboxes, which their pages take after everything of activities.
    const DesiredCategories nothing;
    script.add(sql::owe_take_offs, params(fence.mailbox, plain_ids(plan.buried), to_json(nothing)));
    const std::vector<pg::Result> results = co_await complete(*connection, std::move(script));
    report.released = plan.released;
    report.owed = distinct_mailboxes(results.back());
    co_return report;
}

boost::asio::awaitable<void> Untracks::drop(Fence fence, std::vector<std::string> item_ids)
{
    if (item_ids.empty())
        co_return;
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::unstage_untracks, params(fence.mailbox, item_ids));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
