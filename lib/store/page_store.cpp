#include "store/page_store.hpp"

#include "base/failure.hpp"
#include "store/columns.hpp"
#include "store/page_identity.hpp"
#include "store/page_script.hpp"
#include "store/transaction.hpp"

#include <set>
#include <utility>

namespace crmsync::store {
namespace {

constexpr int most_attempts = 5;

boost::asio::awaitable<Committed> commit_once(pg::Connection& connection, Fence fence,
                                              const Plan& plan,
                                              const std::optional<Progress>& progress)
{
    IdentifiedPage page;
    pg::Script script;
    if (plan.tracked.empty())
        script = transaction(fence);
    else
        page = co_await identify(connection, fence, plan);

    const bool amends = add_activities(script, fence.mailbox, plan, page);
    const std::size_t amendment = script.size() - 1;
    add_mailbox_rows(script, fence.mailbox, plan, page, progress);
    const std::vector<pg::Result> results = co_await complete(connection, std::move(script));

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
    co_return committed;
}

/// Nothing was kept and the same again may work. A broken constraint too: an activity can be purged
/// between the look at its identity and the writing of its parties.
bool worth_repeating(const Failure& failure)
{
    return failure.name() == "pg.serialization" || failure.name() == "pg.constraint";
}

} // namespace

boost::asio::awaitable<Committed> commit(pg::Connection& connection, Fence fence, const Plan& plan,
                                         std::optional<Progress> progress)
{
    for (int attempt = 1;; ++attempt) {
        try {
            co_return co_await commit_once(connection, fence, plan, progress);
        } catch (const Failure& failure) {
            if (attempt == most_attempts || !connection.usable() || !worth_repeating(failure))
                throw;
        }
    }
}

} // namespace crmsync::store
