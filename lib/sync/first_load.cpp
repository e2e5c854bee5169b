#include "sync/first_load.hpp"

#include "store/first_loads.hpp"
#include "sync/looked_up.hpp"

#include <functional>
#include <string>
#include <unordered_set>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// A bound, not a limit: what is left comes with its folder.
constexpr int most_pages = 200;

std::vector<CategorySearch> searches(const match::Policy& policy)
{
    std::vector<CategorySearch> searches;
    searches.push_back({policy.name(StateCategory::track), false});
    if (!policy.regarding_prefix.empty())
        searches.push_back({policy.regarding_prefix, true});
    // Before rules look at its thread.
    searches.push_back({policy.name(StateCategory::stop), false});
    return searches;
}

/// What one search has found so far, by hash of the ids.
using Found = std::unordered_set<std::size_t>;

/// Leaves the changes that were not found before.
bool only_new(std::vector<Change>& changes, Found& found)
{
    std::erase_if(changes, [&](const Change& change) {
        return !found.insert(std::hash<std::string>{}(change.key.id)).second;
    });
    return !changes.empty();
}

asio::awaitable<void> seek(const TurnContext& context, CategorySearch search, const Answer& answer,
                           Found& found, PageReport& report)
{
    Cursor next;
    for (int pages = 0; pages < most_pages; ++pages) {
        context.end_if_stopping();
        Gate::Permit permit; // a page of a first load as any other
        if (context.lanes)
            permit = co_await context.lanes->backlog.enter();
        auto page = co_await context.connector.items_with_category(search, std::move(next));
        if (!page)
            co_return;
        const bool news = only_new(page->changes, found);
        report += co_await handle_looked_up(context, std::move(page->changes));
        permit = Gate::Permit();
        co_await answer();
        if (page->last)
            co_return;
        // What is answered does not carry the tag any more: the listing begins with others then,
        // and its next page would leave some out.
        next = Cursor();
        if (!news || search.is_prefix)
            next = std::move(page->next);
    }
}

} // namespace

asio::awaitable<bool> begin_first_load(const TurnContext& context, Answer answer,
                                       PageReport& report)
{
    store::FirstLoads loads(context.pool);
    const store::FirstLoad load = co_await loads.state(context.mailbox.id);
    if (!load.began_at)
        co_await loads.begin(context.fence);
    if (load.began_at && load.tagged_found)
        co_return load.running();

    Found found;
    for (CategorySearch& search : searches(context.rules->policy))
        co_await seek(context, std::move(search), answer, found, report);
    const auto count = static_cast<std::int64_t>(found.size());
    co_await loads.note_tagged(context.fence, count);
    co_return true;
}

asio::awaitable<void> note_first_load(const TurnContext& context, int answered, bool ended)
{
    store::FirstLoads loads(context.pool);
    if (answered > 0)
        co_await loads.note_answered(context.fence, answered);
    if (ended)
        co_await loads.end(context.fence);
}

asio::awaitable<void> count_folders(const TurnContext& context,
                                    std::vector<store::FolderState*> folders)
{
    std::vector<FolderId> ids;
    for (const store::FolderState* folder : folders)
        ids.push_back(folder->folder.id);
    const auto counts = co_await context.connector.count_items(std::move(ids));
    std::map<FolderId, std::int64_t> totals;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        folders[i]->counted = true;
        if (counts[i])
            totals.emplace(folders[i]->folder.id, *counts[i]);
    }
    if (totals.empty())
        co_return;
    store::FirstLoads loads(context.pool);
    co_await loads.set_totals(context.fence, std::move(totals));
}

} // namespace crmsync::sync
