#include "sync/unlinked_names.hpp"

#include "store/known_items.hpp"
#include "store/mailbox_names.hpp"

#include <map>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr int most_pages = 200;
/// In one turn, as of linked items.
constexpr std::size_t at_once = 200;

bool is_answer(StateCategory state)
{
    return state == StateCategory::refused || state == StateCategory::failed;
}

/// Of these items those that were answered so. What nobody remembers is left as it is, and what is
/// owed is written by the present names anyway.
asio::awaitable<std::vector<store::UnlinkedName>>
answered(const TurnContext& context, const std::vector<Change>& changes, StateCategory state)
{
    std::vector<store::KnownQuery> query;
    for (const Change& change : changes) {
        store::KnownQuery& one = query.emplace_back();
        one.item_id = change.key.id;
        one.item_hmac = context.hash.item(change.key.id);
    }
    auto connection = co_await context.pool.acquire();
    const auto known = co_await store::known_items(*connection, context.mailbox.id, query);
    std::vector<store::UnlinkedName> items;
    for (const Change& change : changes) {
        const KnownItem& item = known.at(change.key.id);
        if (!item.link && item.outcome && !item.orphan && !item.owed)
            items.push_back(store::UnlinkedName{change.key.id, state});
    }
    co_return items;
}

} // namespace

asio::awaitable<bool> owe_unlinked_names(const TurnContext& context, std::vector<std::string> names)
{
    store::MailboxNames store(context.pool);
    std::size_t owed = 0;
    for (const std::string& name : names) {
        const StateCategory state = context.rules->policy.state_of(name);
        if (!is_answer(state))
            continue;
        Cursor next;
        for (int page = 0; page < most_pages && owed < at_once; ++page) {
            context.end_if_stopping();
            CategorySearch search{name, false};
            auto found =
                co_await context.connector.items_with_category(std::move(search), std::move(next));
            if (!found)
                co_return owed > 0;
            std::vector<store::UnlinkedName> items =
                co_await answered(context, found->changes, state);
            if (!items.empty())
                owed += co_await store.owe_unlinked(context.fence, std::move(items));
            if (found->last)
                break;
            next = std::move(found->next);
        }
    }
    co_return owed > 0;
}

} // namespace crmsync::sync
