#include "sync/reply_search.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/reply_searches.hpp"
#include "sync/looked_up.hpp"
#include "sync/sync_metrics.hpp"

#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes search_again_after(15);

/// Nothing: it has to be tried again later. Nobody waits for it.
asio::awaitable<std::optional<std::vector<Change>>> find_replies(const TurnContext& context,
                                                                 std::string message_id)
{
    std::vector<Item> found;
    try {
        found = co_await context.connector.find_replies(std::move(message_id));
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::set_aside && failure.reaction() != Reaction::retry)
            throw;
        context.metrics.add(metric_searches_failed, 1, {{"name", failure.name()}});
        log::warn(log::Area::sync, "answers to a stored message cannot be searched for",
                  {{"mailbox", context.mailbox.id.value}, {"failure", failure.name()}});
        if (failure.reaction() == Reaction::retry)
            co_return std::nullopt;
        // Some mailboxes refuse such a search (G-168); they go without.
    }
    std::vector<Change> changes;
    for (Item& item : found) {
        Change& change = changes.emplace_back();
        change.key = item.key;
        change.item = std::move(item);
    }
    co_return changes;
}

} // namespace

asio::awaitable<PageReport> search_replies(const TurnContext& context)
{
    constexpr int most_rounds = 100; // of a thread: an answer's answers come a round later
    PageReport report;
    store::ReplySearches searches(context.pool);
    for (int round = 0; round < most_rounds; ++round) {
        std::vector<std::string> parents = co_await searches.due(context.mailbox.id);
        if (parents.empty())
            break;
        std::vector<std::string> done;
        for (std::string& parent : parents) {
            // In mode manual no answer is tracked for what it answers.
            if (context.mode() != Mode::manual) {
                context.end_if_stopping();
                auto changes = co_await find_replies(context, parent);
                if (!changes) {
                    const Timestamp until = context.clock.now() + search_again_after;
                    co_await searches.put_off(context.fence, std::move(parent), until);
                    continue;
                }
                report += co_await handle_looked_up(context, std::move(*changes));
            }
            done.push_back(std::move(parent));
        }
        co_await searches.done(context.fence, std::move(done));
    }
    co_return report;
}

} // namespace crmsync::sync
