#include "store/page_store.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/columns.hpp"
#include "store/contents.hpp"
#include "store/page_identity.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace crmsync::store {
namespace {

constexpr int most_attempts = 5;

/// Items that a rule would join to a tombstone: it was buried after they were decided. Only a
/// person's tag brings it back; without one they are decided again when they next change, and at
/// once where an inbox rule's tag waits for an answer. And copies of what others tracked, where
/// that is gone altogether.
std::set<std::string> buried(const Plan& plan, const IdentifiedPage& page)
{
    std::set<std::string> items;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i)
        if (page.items[i].missing || (page.items[i].deleted && !plan.tracked[i].by_person()))
            items.insert(plan.tracked[i].item_id);
    return items;
}

/// Those that the last `asking` statements told of.
void add_mailboxes(std::set<MailboxId>& mailboxes, const std::vector<pg::Result>& results,
                   std::size_t asking)
{
    for (std::size_t i = results.size() - asking; i < results.size(); ++i)
        for (int row = 0; row < results[i].rows(); ++row)
            mailboxes.insert(MailboxId(results[i].get<std::int64_t>(row, 0)));
}

boost::asio::awaitable<Committed> commit_once(pg::Connection& connection, Fence fence, Plan& plan,
                                              const std::optional<Progress>& progress)
{
    IdentifiedPage page;
    pg::Script script;
    if (plan.tracked.empty()) {
        script = plan.hand_tags.empty() ? transaction(fence) : owning_transaction(fence);
    } else {
        page = co_await identify(connection, fence, plan);
        const std::set<std::string> left_out = buried(plan, page);
        if (!left_out.empty()) {
            co_await connection.run(sql::rollback);
            for (const std::string& item_id : left_out)
                plan.leave_out(item_id);
            co_return co_await commit_once(connection, fence, plan, progress);
        }
    }

    co_await send_long_contents(connection,
                                missing_contents(new_attachments(plan, page), page.blobs));
    const bool amends = add_activities(script, fence.mailbox, plan, page);
    const std::size_t amendment = script.size() - 1;
    add_mailbox_rows(script, fence.mailbox, plan, page, progress);
    add_attachment_looks(script, fence.mailbox, plan, page);
    const std::size_t asking = add_revisits(script, fence.mailbox, plan, page, false);
    const std::vector<pg::Result> results = co_await complete(connection, std::move(script));

    std::set<MailboxId> revisits;
    add_mailboxes(revisits, results, asking);

    // A message, its copies and its answers that are committed at the same moment do not see each
    // other before: the later one does now.
    pg::Script once_more;
    const std::size_t asking_again = add_revisits(once_more, fence.mailbox, plan, page, true);
    try {
        if (once_more.size() != 0) {
            const std::vector<pg::Result> asked = co_await connection.run(std::move(once_more));
            add_mailboxes(revisits, asked, asking_again);
        }
    } catch (const Failure& failure) {
        // The page is stored all the same; what may be missed is what came in the same moment.
        log::warn(log::Area::store, "copies or answers stored just now may have been missed",
                  {{"mailbox", fence.mailbox.value}, {"failure", failure.name()}});
    }
    revisits.erase(fence.mailbox);

    std::set<ActivityId> revived;
    if (amends)
        for (int row = 0; row < results[amendment].rows(); ++row)
            if (results[amendment].get<bool>(row, 1))
                revived.emplace(results[amendment].get<Uuid>(row, 0));
    Committed committed;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        CommittedItem& item = committed.tracked.emplace_back();
        item.item_id = plan.tracked[i].item_id;
        item.activity = page.items[i].activity;
        item.created = page.items[i].mine;
        item.revived = revived.contains(item.activity);
    }
    committed.revisits.assign(revisits.begin(), revisits.end());
    co_return committed;
}

/// Nothing was kept and the same again may work.
bool worth_repeating(const Failure& failure) { return failure.name() == "pg.serialization"; }

boost::asio::awaitable<Committed> commit_repeatedly(pg::Connection& connection, Fence fence,
                                                    Plan& plan,
                                                    const std::optional<Progress>& progress)
{
    for (int attempt = 1;; ++attempt) {
        try {
            Committed committed = co_await commit_once(connection, fence, plan, progress);
            committed.attempts = attempt;
            co_return committed;
        } catch (const Failure& failure) {
            if (attempt == most_attempts || !connection.usable() || !worth_repeating(failure))
                throw;
        }
    }
}

/// One of the items holds what PostgreSQL does not take, and it does not say which: each by itself,
/// then the rest of the chunk, with those that failed set aside.
boost::asio::awaitable<Committed> commit_singly(pg::Connection& connection, Fence fence, Plan plan,
                                                std::optional<Progress> progress)
{
    std::set<std::string> item_ids;
    for (const TrackedItem& item : plan.tracked)
        item_ids.insert(item.item_id);
    Committed all;
    const auto add = [&](Committed committed) {
        std::move(committed.tracked.begin(), committed.tracked.end(),
                  std::back_inserter(all.tracked));
        std::move(committed.revisits.begin(), committed.revisits.end(),
                  std::back_inserter(all.revisits));
    };
    for (const std::string& item_id : item_ids) {
        Plan one = plan.take_out(item_id);
        std::string refused;
        try {
            Committed committed = co_await commit_repeatedly(connection, fence, one, std::nullopt);
            add(std::move(committed));
        } catch (const Failure& failure) {
            if (failure.reaction() != Reaction::set_aside)
                throw;
            refused = failure.name();
        }
        if (!refused.empty())
            plan.set_aside(one, refused);
    }
    Committed rest = co_await commit_repeatedly(connection, fence, plan, progress);
    all.attempts = rest.attempts;
    co_return all;
}

} // namespace

boost::asio::awaitable<Committed> commit(pg::Connection& connection, Fence fence, Plan plan,
                                         std::optional<Progress> progress)
{
    try {
        co_return co_await commit_repeatedly(connection, fence, plan, progress);
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::set_aside || plan.tracked.empty())
            throw;
    }
    co_return co_await commit_singly(connection, fence, std::move(plan), std::move(progress));
}

boost::asio::awaitable<void> advance_cursors(pg::Connection& connection, Fence fence,
                                             std::vector<Progress> progress)
{
    pg::Script script = repeatable_transaction(fence);
    add_cursors(script, fence.mailbox, progress);
    co_await complete(connection, std::move(script));
}

} // namespace crmsync::store
