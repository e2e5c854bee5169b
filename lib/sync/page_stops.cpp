#include "sync/page_stops.hpp"

#include "match/stop.hpp"
#include "store/stops.hpp"
#include "sync/plan_stop.hpp"

#include <algorithm>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// What a page itself says about CRM Stop.
struct Said {
    std::map<Sha256, std::string> keys; ///< of threads that are stopped on this page, and by whom
    std::vector<Sha256> ended;
};

Said said_on(const TurnContext& context, const std::vector<Item>& items,
             const std::map<std::string, KnownItem>& known)
{
    Said said;
    for (const Item& item : items) {
        if (!std::holds_alternative<Message>(item.detail) || item.message().draft.value_or(false))
            continue;
        const KnownItem& before = known.at(item.key.id);
        if (match::stop_is_unproven(item, before, context.rules->policy))
            continue;
        const auto stop = match::read_stop(item, before, context.rules->policy);
        if (stop && *stop)
            for (const Sha256& key : thread_of(item, context.hash).keys)
                said.keys.emplace(key, item.key.id);
        else if (stop)
            said.ended.push_back(context.hash.item(item.key.id));
    }
    return said;
}

} // namespace

asio::awaitable<void> find_stops(const TurnContext& context, const std::vector<Item>& items,
                                 std::map<std::string, KnownItem>& known)
{
    const Said said = said_on(context, items, known);
    const bool stored = std::any_of(known.begin(), known.end(),
                                    [](const auto& one) { return one.second.stops_there; });
    if (said.keys.empty() && !stored)
        co_return;
    std::vector<store::ThreadQuery> queries;
    std::vector<KnownItem*> asked;
    for (const Item& item : items) {
        KnownItem& before = known.at(item.key.id);
        if (before.link) // nothing is tracked anew
            continue;
        StoppedThread thread = thread_of(item, context.hash);
        before.stopped = std::any_of(thread.keys.begin(), thread.keys.end(),
                                     [&](const Sha256& key) { return said.keys.contains(key); });
        if (before.stopped)
            continue;
        asked.push_back(&before);
        queries.push_back({thread.item_hmac, std::move(thread.keys)});
    }
    if (!stored || queries.empty())
        co_return;
    auto connection = co_await context.pool.acquire();
    const std::vector<bool> stopped =
        co_await store::find_stopped(*connection, context.mailbox.id, queries, said.ended);
    for (std::size_t i = 0; i < asked.size(); ++i)
        asked[i]->stopped = stopped[i];
}

} // namespace crmsync::sync
