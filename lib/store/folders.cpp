#include "store/folders.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <string>
#include <utility>

namespace crmsync::store {
namespace {

WellKnown well_known(std::string_view word)
{
    if (word == to_string(WellKnown::unknown))
        return WellKnown::unknown;
    return parse_well_known(word).value_or(WellKnown::none);
}

FolderState read_folder(const pg::Result& result, int row)
{
    FolderState state;
    state.folder.id = FolderId(result.get<std::string>(row, 0));
    state.folder.parent = optional_id<FolderId>(result, row, 1);
    state.folder.name = result.get<std::string>(row, 2);
    state.folder.well_known = well_known(result.get<std::string_view>(row, 3));
    state.cursor = Cursor(result.get<std::string>(row, 4));
    state.round_done_at = result.get<std::optional<Timestamp>>(row, 5);
    state.trouble.failure = result.get<std::string>(row, 6);
    state.trouble.attempts = result.get<int>(row, 7);
    state.trouble.next_attempt_at = result.get<std::optional<Timestamp>>(row, 8);
    state.mid_round = result.get<bool>(row, 9);
    state.from_beginning = result.get<bool>(row, 10);
    state.missed_first_pass = result.get<bool>(row, 11);
    state.dirty_at = result.get<std::optional<Timestamp>>(row, 12);
    state.counted = result.get<bool>(row, 13);
    state.read_back_to = result.get<std::optional<Timestamp>>(row, 14);
    return state;
}

} // namespace

boost::asio::awaitable<FolderTree> Folders::tree(MailboxId mailbox, int query_version)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script;
    script.add(sql::tree_cursor, params(mailbox, query_version));
    script.add(sql::list_folders, params(mailbox, query_version));
    const std::vector<pg::Result> results = co_await connection->run(std::move(script));
    FolderTree tree;
    if (!results[0].empty())
        tree.cursor = Cursor(results[0].get<std::string>(0, 0));
    for (int row = 0; row < results[1].rows(); ++row)
        tree.folders.push_back(read_folder(results[1], row));
    co_return tree;
}

boost::asio::awaitable<std::vector<FolderShown>> Folders::shown(MailboxId mailbox)
{
    const pg::Result result = co_await pool_.run(sql::show_folders, params(mailbox));
    std::vector<FolderShown> folders;
    for (int row = 0; row < result.rows(); ++row) {
        FolderShown folder;
        folder.name = result.get<std::string>(row, 0);
        folder.well_known = well_known(result.get<std::string_view>(row, 1));
        folder.round_done_at = result.get<std::optional<Timestamp>>(row, 2);
        folder.links = result.get<std::int64_t>(row, 3);
        folder.trouble.failure = result.get<std::string>(row, 4);
        folder.trouble.next_attempt_at = result.get<std::optional<Timestamp>>(row, 5);
        folders.push_back(std::move(folder));
    }
    co_return folders;
}

boost::asio::awaitable<void> Folders::apply(Fence fence, FolderChanges changes, int query_version,
                                            bool complete_tree)
{
    std::vector<std::string> ids, names, kinds, removed;
    std::vector<std::optional<std::string>> parents;
    for (Folder& folder : changes.present) {
        ids.push_back(folder.id.value);
        parents.push_back(plain(folder.parent));
        names.push_back(storable(std::move(folder.name)));
        kinds.emplace_back(to_string(folder.well_known));
    }
    for (FolderId& id : changes.removed)
        removed.push_back(std::move(id.value));

    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    if (!ids.empty())
        script.add(sql::upsert_folders, params(fence.mailbox, ids, parents, names, kinds));
    if (!removed.empty())
        script.add(sql::remove_folders, params(fence.mailbox, removed));
    if (complete_tree)
        script.add(sql::keep_only_folders, params(fence.mailbox, ids));
    script.add(sql::set_tree_cursor, params(fence.mailbox, changes.next, query_version));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::vector<std::string>>
Folders::linked_items(MailboxId mailbox, std::vector<FolderId> folders)
{
    std::vector<std::string> ids;
    for (FolderId& folder : folders)
        ids.push_back(std::move(folder.value));
    const pg::Result rows = co_await pool_.run(sql::linked_in_folders, params(mailbox, ids));
    std::vector<std::string> items;
    for (int row = 0; row < rows.rows(); ++row)
        items.push_back(rows.get<std::string>(row, 0));
    co_return items;
}

boost::asio::awaitable<void> Folders::forget_cursor(Fence fence, FolderId folder)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::forget_cursor, params(fence.mailbox, folder));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> Folders::mark_missed(Fence fence)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::mark_missed_folders, params(fence.mailbox));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> Folders::set_trouble(Fence fence, FolderId folder,
                                                  FolderTrouble trouble)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::set_folder_trouble, params(fence.mailbox, folder, trouble.failure,
                                               trouble.attempts, trouble.next_attempt_at));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> Folders::forget_all_cursors(MailboxId mailbox)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction();
    script.add(sql::take_lease_away, params(mailbox));
    script.add(sql::forget_all_cursors, params(mailbox));
    script.add(sql::forget_tree_cursor, params(mailbox));
    script.add(sql::forget_stages, params(mailbox));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
