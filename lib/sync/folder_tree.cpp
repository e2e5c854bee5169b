#include "sync/folder_tree.hpp"

#include "base/failure.hpp"
#include "sync/removed_folders.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// What the provider tells of its folders since `cursor`; of all of them where that is `whole`, or
/// becomes so. What is missing from the whole tree is gone.
asio::awaitable<FolderChanges> ask_for_tree(const TurnContext& context, Cursor cursor, bool& whole)
{
    auto answer = co_await context.connector.folders_since(std::move(cursor));
    if (std::holds_alternative<CursorExpired>(answer)) {
        co_await context.expect_same_account();
        whole = true; // the tree is small
        answer = co_await context.connector.folders_since(Cursor());
    }
    if (std::holds_alternative<CursorExpired>(answer))
        throw Failure(Reaction::retry, "graph.tree_expired",
                      "the folder tree could not be read from its beginning");
    co_return std::move(std::get<FolderChanges>(answer));
}

} // namespace

int reading_rank(WellKnown folder)
{
    switch (folder) {
    case WellKnown::inbox:
        return 0;
    case WellKnown::sent_items:
        return 1;
    case WellKnown::drafts:
        return 2;
    default:
        return 3;
    }
}

void order_for_reading(std::vector<store::FolderState>& folders)
{
    std::stable_sort(folders.begin(), folders.end(),
                     [](const store::FolderState& a, const store::FolderState& b) {
                         return reading_rank(a.folder.well_known) <
                                reading_rank(b.folder.well_known);
                     });
}

asio::awaitable<store::FolderTree> refresh_tree(const TurnContext& context, TurnReport& report)
{
    const int query_version = context.connector.query_version();
    store::Folders folders(context.pool);
    store::FolderTree tree = co_await folders.tree(context.mailbox.id, query_version);
    bool whole = tree.cursor.value.empty();
    std::optional<FolderChanges> changes;
    try {
        changes = co_await ask_for_tree(context, tree.cursor, whole);
    } catch (const Failure& failure) {
        const Reaction reaction = failure.reaction();
        const bool passes = reaction == Reaction::retry || reaction == Reaction::set_aside;
        if (!passes || tree.folders.empty())
            throw;
        // Of the folders that are known it is known which they are. One that came since is not
        // read: it may be any, also one that nobody is to read.
        report.tree_failure = failure;
    }
    if (!changes || (changes->present.empty() && changes->removed.empty() && !whole))
        co_return tree; // an empty round keeps its cursor: idle costs nothing
    report.pages += co_await look_into_removed_folders(context, tree, *changes, whole);
    co_await folders.apply(context.fence, std::move(*changes), query_version, whole);
    co_return co_await folders.tree(context.mailbox.id, query_version);
}

} // namespace crmsync::sync
