#include "sync/revisit.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/revisits.hpp"
#include "sync/looked_up.hpp"
#include "sync/pending_attachments.hpp"
#include "sync/published_labels.hpp"
#include "sync/sync_metrics.hpp"

#include <map>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;
using store::DueRevisit;
using store::Revisit;

namespace {

constexpr std::chrono::minutes search_again_after(15);

/// Of a thread: an answer's answers come a round later.
constexpr int most_rounds = 100;
/// In one turn. A colleague may tag hundreds at once, and each is a search of its own.
constexpr std::chrono::seconds longest{5};

/// Nothing: it has to be tried again later. Nobody waits for it.
asio::awaitable<std::optional<std::vector<Item>>> search(const TurnContext& context,
                                                         const DueRevisit& due)
{
    std::vector<Item> found;
    try {
        if (due.reason == Revisit::copy)
            found = co_await context.connector.find_message(due.key);
        else
            found = co_await context.connector.find_replies(due.key);
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::set_aside && failure.reaction() != Reaction::retry)
            throw;
        context.metrics.add(
            metric_searches_failed, 1,
            {{"name", failure.name()}, {"for", std::string(to_string(due.reason))}});
        log::warn(log::Area::sync,
                  "copies of or answers to a stored message cannot be searched for",
                  {{"mailbox", context.mailbox.id.value},
                   {"for", to_string(due.reason)},
                   {"failure", failure.name()}});
        if (failure.reaction() == Reaction::retry)
            co_return std::nullopt;
        // Some mailboxes refuse such a search (G-168); they go without.
    }
    co_return found;
}

std::vector<Change> changes_of(std::vector<Item> items)
{
    std::vector<Change> changes;
    for (Item& item : items) {
        Change& change = changes.emplace_back();
        change.key = item.key;
        change.item = std::move(item);
    }
    return changes;
}

std::vector<std::string> keys_of(const std::vector<DueRevisit>& due, Revisit reason)
{
    std::vector<std::string> keys;
    for (const DueRevisit& one : due)
        if (one.reason == reason)
            keys.push_back(one.key);
    return keys;
}

bool is_search(Revisit reason) { return reason == Revisit::copy || reason == Revisit::reply; }

/// Items of this mailbox that are linked: gone ones are found out by their folders.
asio::awaitable<PageReport> look_at_threads(const TurnContext& context,
                                            std::vector<std::string> item_ids)
{
    std::vector<ItemKey> keys;
    for (std::string& item_id : item_ids)
        keys.push_back(ItemKey{context.mailbox.id, std::move(item_id)});
    PageReport report;
    if (keys.empty())
        co_return report;
    std::vector<std::optional<Item>> looks = co_await context.connector.look_up(std::move(keys));
    std::vector<Item> items;
    for (std::optional<Item>& look : looks)
        if (look)
            items.push_back(std::move(*look));
    co_return co_await handle_looked_up(context, changes_of(std::move(items)), true);
}

} // namespace

asio::awaitable<RevisitReport> revisit(const TurnContext& context)
{
    RevisitReport report;
    store::Revisits revisits(context.pool);
    const Timestamp began = context.clock.now();
    for (int round = 0; round < most_rounds; ++round) {
        const std::vector<DueRevisit> due = co_await revisits.due(context.mailbox.id);
        if (due.empty())
            co_return report;
        if (context.clock.now() - began >= longest)
            break;
        report.pages += co_await look_at_threads(context, keys_of(due, Revisit::regarding));
        std::map<std::string, Timestamp> again;
        report.pages +=
            co_await look_at_attachments(context, keys_of(due, Revisit::attachments), again);
        std::vector<DueRevisit> done;
        for (const DueRevisit& one : due) {
            if (one.reason == Revisit::attachments && again.contains(one.key)) {
                co_await revisits.put_off(context.fence, one, again.at(one.key));
                continue;
            }
            if (one.reason == Revisit::labels && !co_await publish_labels(context)) {
                const Timestamp until = context.clock.now() + labels_again_after;
                co_await revisits.put_off(context.fence, one, until);
                continue;
            }
            // In mode manual no answer is tracked for what it answers. Copies are looked for all
            // the same: a link may have to show its mark again.
            const bool pointless = one.reason == Revisit::reply && context.mode() == Mode::manual;
            if (is_search(one.reason) && !pointless) {
                context.end_if_stopping();
                std::optional<std::vector<Item>> found = co_await search(context, one);
                if (!found) {
                    const Timestamp until = context.clock.now() + search_again_after;
                    co_await revisits.put_off(context.fence, one, until);
                    continue;
                }
                report.pages +=
                    co_await handle_looked_up(context, changes_of(std::move(*found)), true);
            }
            done.push_back(one);
        }
        co_await revisits.done(context.fence, std::move(done));
    }
    report.more = true;
    co_return report;
}

} // namespace crmsync::sync
