#include "sync/looked_up.hpp"

#include <map>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

match::FolderVerdicts verdicts_of(const store::FolderTree& tree, const match::Policy& policy)
{
    if (policy.never_folders.empty())
        return {};
    std::vector<Folder> folders;
    for (const store::FolderState& state : tree.folders)
        folders.push_back(state.folder);
    return {folders, policy.never_folders};
}

PageSource source_of(const store::FolderState& folder, const match::FolderVerdicts& verdicts)
{
    PageSource source;
    source.folder = folder.folder.id;
    source.well_known = folder.folder.well_known;
    source.round_done_at = folder.round_done_at;
    source.reads_again = folder.from_beginning;
    source.missed_first_pass = folder.missed_first_pass;
    source.listed = verdicts.of(folder.folder.id);
    return source;
}

PageSource source_of(const Item& item, const store::FolderTree& tree,
                     const match::FolderVerdicts& verdicts)
{
    for (const store::FolderState& folder : tree.folders)
        if (item.folder.has_value() && folder.folder.id == *item.folder)
            return source_of(folder, verdicts);
    PageSource elsewhere; // a hidden folder, or one that the tree does not tell of yet
    elsewhere.listed = verdicts.of(FolderId());
    return elsewhere;
}

asio::awaitable<PageReport> handle_looked_up(const TurnContext& context,
                                             std::vector<Change> changes, bool revisited)
{
    PageReport report;
    if (changes.empty())
        co_return report;
    store::Folders folders(context.pool);
    const store::FolderTree tree =
        co_await folders.tree(context.mailbox.id, context.connector.query_version());
    const match::FolderVerdicts verdicts = verdicts_of(tree, context.rules->policy);

    struct Group {
        PageSource source;
        std::vector<Change> changes;
    };
    std::map<FolderId, Group> by_folder;
    for (Change& change : changes) {
        PageSource source;
        if (change.item)
            source = source_of(*change.item, tree, verdicts);
        source.revisited = revisited;
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
