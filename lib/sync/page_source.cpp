#include "sync/page_source.hpp"

#include <algorithm>
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

asio::awaitable<std::vector<PageGroup>> by_folder(const TurnContext& context,
                                                  std::vector<Item> items, const PageSource& source)
{
    std::vector<PageGroup> groups;
    const bool stayed = source.folder && std::ranges::all_of(items, [&](const Item& item) {
                            return !item.folder.has_value() || *item.folder == *source.folder;
                        });
    if (stayed) { // nearly every page
        groups.push_back(PageGroup{source, std::move(items)});
        co_return groups;
    }
    store::Folders folders(context.pool);
    const store::FolderTree tree =
        co_await folders.tree(context.mailbox.id, context.connector.query_version());
    const match::FolderVerdicts verdicts = verdicts_of(tree, context.rules->policy);
    std::map<FolderId, PageGroup> found;
    for (Item& item : items) {
        const FolderId id = item.folder.value_or(source.folder.value_or(FolderId()));
        const auto [at, fresh] = found.try_emplace(id);
        PageGroup& group = at->second;
        if (fresh) {
            group.source = source.folder == id ? source : source_of(item, tree, verdicts);
            group.source.revisited = source.revisited;
        }
        group.items.push_back(std::move(item));
    }
    for (auto& [id, group] : found)
        groups.push_back(std::move(group));
    co_return groups;
}

} // namespace crmsync::sync
