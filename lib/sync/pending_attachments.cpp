#include "sync/pending_attachments.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/pending_attachments.hpp"
#include "sync/attachment_fetcher.hpp"
#include "sync/looked_up.hpp"
#include "sync/scanner_placeholder.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// Contents of rows that are settled are not asked for again. Of so many entries with one name as
/// many are theirs, the first ones: as sql::settle_attachments counts.
void leave_out_settled(Ledger& ledger, std::vector<std::string> settled)
{
    std::erase_if(ledger.wanted, [&](const Ledger::Wanted& wanted) {
        const auto found = std::find(settled.begin(), settled.end(), ledger.rows[wanted.row].name);
        if (found == settled.end())
            return false;
        settled.erase(found);
        return true;
    });
}

bool only_placeholders(const Ledger& ledger)
{
    return std::all_of(ledger.rows.begin(), ledger.rows.end(),
                       [](const StoredAttachment& row) { return row.status == "pending"; });
}

asio::awaitable<void> settle_one(const TurnContext& context, const Decided& one, FetchedBody body)
{
    Ledger ledger = make_ledger(body, context.rules->settings.attachments);
    if (!ledger.rows.empty() && only_placeholders(ledger))
        co_return;
    store::PendingAttachments pending(context.pool);
    std::vector<std::string> settled = co_await pending.settled(one.known.link->activity);
    leave_out_settled(ledger, std::move(settled));
    std::vector<Ledger*> ledgers(1, &ledger);
    co_await fetch_contents(context, std::move(ledgers));
    if (ledger.unavailable || ledger.purged)
        co_return; // it changes under our hands, or cannot be had now: looked at again
    context.end_if_stopping();
    co_await pending.settle(context.fence, one.known.link->activity, std::move(ledger.rows));
}

/// What the mailbox has of these messages now, as if their folders had told of it.
asio::awaitable<PageReport> look_at(const TurnContext& context,
                                    const std::vector<store::WaitingItem>& items)
{
    std::vector<ItemKey> keys;
    for (const store::WaitingItem& item : items)
        keys.push_back(ItemKey{context.mailbox.id, item.item_id});
    std::vector<std::optional<Item>> looks = co_await context.connector.look_up(keys);
    std::vector<Change> changes;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const bool gone = !looks[i];
        Change& change = changes.emplace_back();
        change.key = keys[i];
        change.item = std::move(looks[i]);
        if (!gone || !items[i].message_id)
            continue;
        // Delivered again in place of the first, which was taken away [KB 4522769].
        std::vector<Item> copies = co_await context.connector.find_message(*items[i].message_id);
        for (Item& copy : copies) {
            Change& found = changes.emplace_back();
            found.key = copy.key;
            found.item = std::move(copy);
        }
    }
    co_return co_await handle_looked_up(context, std::move(changes));
}

} // namespace

asio::awaitable<void> settle_attachments(const TurnContext& context, std::vector<Decided> waiting)
{
    if (waiting.empty())
        co_return;
    std::vector<ItemKey> keys;
    for (const Decided& one : waiting)
        keys.push_back(one.item.key);
    std::vector<BodyAnswer> answers = co_await context.connector.fetch(std::move(keys));
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        auto* body = std::get_if<FetchedBody>(&answers[i]);
        if (body && body->version == waiting[i].item.version.value_or(Version()))
            co_await settle_one(context, waiting[i], std::move(*body));
    }
}

asio::awaitable<PageReport> look_at_attachments(const TurnContext& context,
                                                std::vector<std::string> item_ids,
                                                std::map<std::string, Timestamp>& again)
{
    PageReport report;
    if (item_ids.empty())
        co_return report;
    store::PendingAttachments pending(context.pool);
    std::vector<store::WaitingItem> items =
        co_await pending.waiting(context.mailbox.id, std::move(item_ids));
    std::erase_if(items, [](const store::WaitingItem& item) { return !item.since; });
    if (!items.empty())
        report += co_await look_at(context, items);
    for (const store::WaitingItem& item : items) {
        if (const auto next = next_look(*item.since, context.clock.now()))
            again.emplace(item.item_id, *next);
        else if (item.activity)
            co_await pending.give_up(context.fence, *item.activity);
    }
    co_return report;
}

} // namespace crmsync::sync
