#include "sync/dirty_folders.hpp"

#include "store/first_loads.hpp"
#include "store/known_items.hpp"
#include "sync/looked_up.hpp"
#include "sync/turn_memory.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// Clocks differ, and a listing lags behind (G-68): each look reaches back a little further than
/// the last one's time.
constexpr std::chrono::minutes overlap{2};
constexpr std::size_t at_once = 100;

/// Our own writes come back as changes: a link knows the version we made.
asio::awaitable<void> leave_out_known(const TurnContext& context, std::vector<ChangedItem>& items)
{
    std::vector<store::KnownQuery> query;
    for (const ChangedItem& item : items) {
        store::KnownQuery& one = query.emplace_back();
        one.item_id = item.key.id;
        one.item_hmac = context.hash.item(item.key.id);
    }
    auto connection = co_await context.pool.acquire();
    const auto known = co_await store::known_items(*connection, context.mailbox.id, query);
    std::erase_if(items, [&](const ChangedItem& item) {
        const auto at = known.find(item.key.id);
        return at != known.end() && at->second.link && !item.version.value.empty() &&
               at->second.link->version == item.version;
    });
}

std::map<FolderId, Timestamp> latest_change(const std::vector<ChangedItem>& items)
{
    std::map<FolderId, Timestamp> latest;
    for (const ChangedItem& item : items) {
        Timestamp& at = latest[item.folder];
        at = std::max(at, item.modified_at);
    }
    return latest;
}

/// Of folders whose latest change is later than the one known.
std::map<FolderId, Timestamp> news_of(const std::map<FolderId, Timestamp>& latest,
                                      const std::vector<store::FolderState*>& folders)
{
    std::map<FolderId, Timestamp> news;
    for (store::FolderState* folder : folders) {
        const auto at = latest.find(folder->folder.id);
        if (at == latest.end() || (folder->dirty_at && *folder->dirty_at >= at->second))
            continue;
        folder->dirty_at = at->second;
        news.insert(*at);
    }
    return news;
}

} // namespace

asio::awaitable<DirtyFolders> find_dirty_folders(const TurnContext& context,
                                                 std::vector<store::FolderState*> folders,
                                                 std::set<FolderId> untelling, Timestamp since)
{
    DirtyFolders dirty;
    dirty.changed_since = context.connector.by_providers_clock(context.clock.now());
    auto changed = co_await context.connector.changed_items(since - overlap);
    if (!changed)
        co_return dirty;

    if (changed->cut && !changed->items.empty()) // the rest next time, beginning where this ends
        dirty.changed_since =
            std::max(changed->items.back().modified_at + overlap, since + std::chrono::seconds(1));
    dirty.told = !changed->cut;
    std::map<FolderId, Timestamp> news = news_of(latest_change(changed->items), folders);
    for (const auto& [folder, at] : news)
        dirty.folders.insert(folder);
    if (!news.empty()) {
        store::FirstLoads loads(context.pool);
        co_await loads.mark_dirty(context.fence, std::move(news));
    }

    std::erase_if(changed->items,
                  [&](const ChangedItem& item) { return !untelling.contains(item.folder); });
    for (const ChangedItem& item : changed->items)
        dirty.seen.insert_or_assign(item.key.id, item.version);
    const std::map<std::string, Version>& looked_at = context.memory->looked_at;
    std::erase_if(changed->items, [&](const ChangedItem& item) {
        const auto at = looked_at.find(item.key.id);
        return at != looked_at.end() && at->second == item.version;
    });
    if (!changed->items.empty())
        co_await leave_out_known(context, changed->items);
    for (ChangedItem& item : changed->items)
        dirty.to_look_at.push_back(std::move(item.key));
    co_return dirty;
}

asio::awaitable<PageReport> look_at_changed(const TurnContext& context, std::vector<ItemKey> keys)
{
    PageReport report;
    for (std::size_t first = 0; first < keys.size(); first += at_once) {
        context.end_if_stopping();
        const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end =
            keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), first + at_once));
        std::vector<ItemKey> some(begin, end);
        std::vector<std::optional<Item>> looks = co_await context.connector.look_up(some);
        std::vector<Change> changes;
        for (std::size_t i = 0; i < looks.size(); ++i) {
            Change& change = changes.emplace_back();
            change.key = some[i];
            change.item = std::move(looks[i]);
        }
        report += co_await handle_looked_up(context, std::move(changes));
    }
    co_return report;
}

} // namespace crmsync::sync
