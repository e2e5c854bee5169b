#include "sync/removed_folders.hpp"

#include "sync/looked_up.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

std::vector<FolderId> forgotten(const store::FolderTree& known, const FolderChanges& changes,
                                bool complete)
{
    std::set<FolderId> present;
    for (const Folder& folder : changes.present)
        present.insert(folder.id);
    const std::set<FolderId> removed(changes.removed.begin(), changes.removed.end());
    std::vector<FolderId> ids;
    for (const store::FolderState& state : known.folders)
        if (complete ? !present.contains(state.folder.id) : removed.contains(state.folder.id))
            ids.push_back(state.folder.id);
    return ids;
}

} // namespace

asio::awaitable<PageReport> look_into_removed_folders(const TurnContext& context,
                                                      const store::FolderTree& known,
                                                      const FolderChanges& changes, bool complete)
{
    constexpr std::size_t at_once = 100;
    PageReport report;
    std::vector<FolderId> gone = forgotten(known, changes, complete);
    if (gone.empty())
        co_return report;
    store::Folders folders(context.pool);
    const std::vector<std::string> items =
        co_await folders.linked_items(context.mailbox.id, std::move(gone));
    for (std::size_t first = 0; first < items.size(); first += at_once) {
        context.end_if_stopping();
        std::vector<Change> unsaid; // as a folder's page tells of what is not in it any more
        for (std::size_t i = first; i < std::min(items.size(), first + at_once); ++i)
            unsaid.emplace_back().key = ItemKey{context.mailbox.id, items[i]};
        report += co_await handle_looked_up(context, std::move(unsaid));
    }
    co_return report;
}

} // namespace crmsync::sync
