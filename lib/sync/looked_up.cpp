#include "sync/looked_up.hpp"

#include <map>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

PageSource source_of(const store::FolderState& folder)
{
    PageSource source;
    source.folder = folder.folder.id;
    source.well_known = folder.folder.well_known;
    source.round_done_at = folder.round_done_at;
    source.reads_again = folder.from_beginning;
    source.missed_first_pass = folder.missed_first_pass;
    return source;
}

PageSource source_of(const Item& item, const store::FolderTree& tree)
{
    for (const store::FolderState& folder : tree.folders)
        if (item.folder.has_value() && folder.folder.id == *item.folder)
            return source_of(folder);
    return PageSource();
}

asio::awaitable<PageReport> handle_looked_up(const TurnContext& context,
                                             std::vector<Change> changes)
{
    PageReport report;
    if (changes.empty())
        co_return report;
    store::Folders folders(context.pool);
    const store::FolderTree tree =
        co_await folders.tree(context.mailbox.id, context.connector.query_version());

    struct Group {
        PageSource source;
        std::vector<Change> changes;
    };
    std::map<FolderId, Group> by_folder;
    for (Change& change : changes) {
        PageSource source;
        if (change.item)
            source = source_of(*change.item, tree);
        Group& group = by_folder[source.folder.value_or(FolderId())];
        group.source = std::move(source);
        group.changes.push_back(std::move(change));
    }
    PageHandler handler(context);
    for (auto& [id, group] : by_folder)
        report += co_await handler.handle(std::move(group.changes), std::move(group.source),
                                          std::nullopt);
    co_return report;
}

} // namespace crmsync::sync
