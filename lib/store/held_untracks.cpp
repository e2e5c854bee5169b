#include "store/held_untracks.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <set>
#include <utility>

namespace crmsync::store {
namespace {

/// Releases of the last hour that are undone.
struct Undone {
    std::vector<std::string> items; ///< also copies that went along
    std::set<ActivityId> activities;
    std::vector<pg::Bytes> pins;
    std::vector<HeldRemoval> removals; ///< where a person took the tag off
};

Undone read_undone(const pg::Result& rows)
{
    Undone undone;
    for (int row = 0; row < rows.rows(); ++row) {
        undone.items.push_back(rows.get<std::string>(row, 0));
        undone.activities.emplace(rows.get<Uuid>(row, 1));
        auto item = rows.get<std::optional<pg::Bytes>>(row, 2);
        auto message = rows.get<std::optional<pg::Bytes>>(row, 3);
        if (message)
            undone.pins.push_back(std::move(*message));
        if (!item)
            continue;
        HeldRemoval& removal = undone.removals.emplace_back();
        removal.item_id = undone.items.back();
        std::copy(item->value.begin(), item->value.end(), removal.item_hmac.begin());
        undone.pins.push_back(std::move(*item));
    }
    return undone;
}

} // namespace

boost::asio::awaitable<HoldReport> HeldUntracks::hold(Fence fence,
                                                      std::vector<HeldRemoval> removals, Rule why)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = owning_transaction(fence);
    script.add(sql::lock_undone_activities, params(fence.mailbox));
    script.add(sql::releases_to_undo, params(fence.mailbox));
    const std::vector<pg::Result> answers = co_await advance(*connection, std::move(script));
    const Undone undone = read_undone(answers.back());

    HoldReport report;
    report.revived = static_cast<int>(undone.removals.size());
    removals.insert(removals.end(), undone.removals.begin(), undone.removals.end());
    std::vector<std::string> items;
    std::vector<pg::Bytes> hmacs;
    for (const HeldRemoval& removal : removals) {
        items.push_back(removal.item_id);
        hmacs.push_back(pg::to_bytes(removal.item_hmac));
    }
    std::vector<Uuid> activities;
    for (const ActivityId& id : undone.activities)
        activities.push_back(id.value);

    script = pg::Script();
    if (!undone.items.empty()) {
        script.add(sql::revive_released, params(fence.mailbox, undone.items));
        script.add(sql::follow_owners_choice,
                   params(activities, static_cast<std::int64_t>(Strength::person)));
        script.add(sql::restore_links, params(fence.mailbox, undone.items));
        script.add(sql::remove_pins, params(fence.mailbox, undone.pins));
        script.add(sql::forget_released, params(fence.mailbox, undone.items));
    }
    script.add(sql::hold_untracks, params(fence.mailbox, items, hmacs, to_string(why)));
    script.add(sql::decide_held, params(fence.mailbox, hmacs, to_string(why)));
    // Last: rows of other mailboxes.
    script.add(sql::owe_put_backs, params(fence.mailbox, activities));
    const std::vector<pg::Result> results = co_await complete(*connection, std::move(script));
    std::set<MailboxId> owed;
    for (int row = 0; row < results.back().rows(); ++row)
        owed.emplace(results.back().get<std::int64_t>(row, 0));
    report.owed.assign(owed.begin(), owed.end());
    co_return report;
}

boost::asio::awaitable<void> HeldUntracks::reject(Fence fence, std::vector<std::string> item_ids)
{
    if (item_ids.empty())
        co_return;
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::reject_untracks, params(fence.mailbox, item_ids));
    script.add(sql::unstage_untracks, params(fence.mailbox, item_ids));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> HeldUntracks::note_list(Fence fence, bool went)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::note_category_list, params(fence.mailbox, went));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::vector<HeldShown>> HeldUntracks::list()
{
    const pg::Result rows = co_await pool_.run(sql::held_untracks);
    std::vector<HeldShown> all;
    for (int row = 0; row < rows.rows(); ++row) {
        HeldShown& one = all.emplace_back();
        one.address = rows.get<std::string>(row, 0);
        one.provider = rows.get<std::string>(row, 1);
        one.count = rows.get<std::int64_t>(row, 2);
        one.since = rows.get<Timestamp>(row, 3);
        one.category_gone = rows.get<bool>(row, 4);
    }
    co_return all;
}

boost::asio::awaitable<std::int64_t> HeldUntracks::want(MailboxId mailbox, HeldWish wish)
{
    const char* word = wish == HeldWish::confirm ? "confirm" : "reject";
    const pg::Result marked = co_await pool_.run(sql::want_held, params(mailbox, word));
    co_return marked.get<std::int64_t>(0, 0);
}

boost::asio::awaitable<void> HeldUntracks::purge() { co_await pool_.run(sql::purge_released); }

} // namespace crmsync::store
