#include "sync/parked_retry.hpp"

#include "store/parked.hpp"
#include "sync/looked_up.hpp"

#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

asio::awaitable<PageReport> retry_parked(const TurnContext& context)
{
    constexpr int most_batches = 10'000; // a bound, not a limit
    constexpr int at_once = 20;
    const Timestamp until = context.clock.now() + work_at_a_time;
    PageReport report;
    store::Parked parked(context.pool);
    for (int i = 0; i < most_batches && (i == 0 || context.clock.now() < until); ++i) {
        context.end_if_stopping();
        const std::vector<store::ParkedRow> due = co_await parked.due(context.mailbox.id, at_once);
        if (due.empty())
            break;
        std::vector<ItemKey> keys;
        for (const store::ParkedRow& row : due)
            keys.push_back(ItemKey{context.mailbox.id, row.item_id});
        std::vector<std::optional<Item>> looks = co_await context.connector.look_up(keys);
        std::vector<Change> changes;
        for (std::size_t n = 0; n < looks.size(); ++n) {
            Change& change = changes.emplace_back();
            change.key = keys[n];
            change.item = std::move(looks[n]);
        }
        report += co_await handle_looked_up(context, std::move(changes));
        co_await parked.rest(context.fence, due);
    }
    co_return report;
}

} // namespace crmsync::sync
