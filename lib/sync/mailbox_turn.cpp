#include "sync/mailbox_turn.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/parked.hpp"
#include "store/write_backs.hpp"
#include "sync/category_list.hpp"
#include "sync/sync_metrics.hpp"

#include <algorithm>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr std::size_t folders_at_once = 20;

/// Of a backlog, in one turn. Rows, since pages may be small.
constexpr int backlog_rows = 10'000;
constexpr int backlog_pages = 200;

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

} // namespace

void order_for_reading(std::vector<store::FolderState>& folders)
{
    std::stable_sort(folders.begin(), folders.end(),
                     [](const store::FolderState& a, const store::FolderState& b) {
                         return reading_rank(a.folder.well_known) <
                                reading_rank(b.folder.well_known);
                     });
}

asio::awaitable<TurnReport> MailboxTurn::run()
{
    store::FolderTree tree = co_await refresh_tree();
    order_for_reading(tree.folders);
    report_.folders = static_cast<int>(tree.folders.size());

    if (context_.first_turn)
        co_await ensure_categories(context_);
    co_await write_back(); // what an earlier turn still owes
    co_await read_folders(std::move(tree.folders));
    co_await retry_parked();
    if (!report_.more_to_do)
        report_.untracks = co_await release_untracks(context_);
    co_await write_back();

    store::WriteBacks owed(context_.pool);
    report_.owed_at = co_await owed.next_due(context_.mailbox.id);
    co_return report_;
}

asio::awaitable<store::FolderTree> MailboxTurn::refresh_tree()
{
    const int query_version = context_.connector.query_version();
    store::Folders folders(context_.pool);
    store::FolderTree tree = co_await folders.tree(context_.mailbox.id, query_version);
    const bool whole = tree.cursor.value.empty();
    auto answer = co_await context_.connector.folders_since(tree.cursor);
    if (std::holds_alternative<CursorExpired>(answer)) {
        // The tree is small: read it whole. What is missing from it is gone.
        answer = co_await context_.connector.folders_since(Cursor());
        if (std::holds_alternative<CursorExpired>(answer))
            throw Failure(Reaction::retry, "graph.tree_expired",
                          "the folder tree could not be read from its beginning");
        auto& changes = std::get<FolderChanges>(answer);
        co_await folders.apply(context_.fence, std::move(changes), query_version, true);
        co_return co_await folders.tree(context_.mailbox.id, query_version);
    }
    auto& changes = std::get<FolderChanges>(answer);
    if (changes.present.empty() && changes.removed.empty() && !whole)
        co_return tree; // an empty round keeps its cursor: idle costs nothing
    co_await folders.apply(context_.fence, std::move(changes), query_version, whole);
    co_return co_await folders.tree(context_.mailbox.id, query_version);
}

/// Folders that have been read before are asked together: most of the time none has news. Those
/// that have any, and those read for the first time, follow page by page.
asio::awaitable<void> MailboxTurn::read_folders(std::vector<store::FolderState> folders)
{
    std::vector<store::FolderState*> behind;
    std::vector<store::FolderState*> read_before;
    for (store::FolderState& folder : folders)
        (folder.cursor.value.empty() ? behind : read_before).push_back(&folder);

    for (std::size_t first = 0; first < read_before.size(); first += folders_at_once) {
        context_.end_if_stopping();
        const std::size_t last = std::min(read_before.size(), first + folders_at_once);
        std::vector<FolderCursor> asked;
        for (std::size_t i = first; i < last; ++i)
            asked.push_back(FolderCursor{read_before[i]->folder.id, read_before[i]->cursor});
        const Timestamp asked_at = context_.clock.now();
        auto answers = co_await context_.connector.changes_since(std::move(asked));
        for (std::size_t i = first; i < last; ++i)
            if (co_await take(*read_before[i], std::move(answers[i - first]), asked_at))
                behind.push_back(read_before[i]);
    }
    std::stable_sort(behind.begin(), behind.end(), [](const auto* a, const auto* b) {
        return reading_rank(a->folder.well_known) < reading_rank(b->folder.well_known);
    });

    co_await read_backlog(std::move(behind));
}

asio::awaitable<void> MailboxTurn::read_backlog(std::vector<store::FolderState*> behind)
{
    const int rows_before = report_.pages.changes;
    int pages = 0;
    for (store::FolderState* folder : behind) {
        bool more = true;
        while (more) {
            if (pages == backlog_pages || report_.pages.changes - rows_before >= backlog_rows) {
                report_.more_to_do = true;
                co_return;
            }
            context_.end_if_stopping();
            std::vector<FolderCursor> asked;
            asked.push_back(FolderCursor{folder->folder.id, folder->cursor});
            const Timestamp asked_at = context_.clock.now();
            auto answers = co_await context_.connector.changes_since(std::move(asked));
            more = co_await take(*folder, std::move(answers.front()), asked_at);
            ++pages;
            if (more)
                co_await write_back(); // answer early: a first load may be long
        }
    }
}

asio::awaitable<bool> MailboxTurn::take(store::FolderState& folder,
                                        std::variant<Page, CursorExpired> answer,
                                        Timestamp asked_at)
{
    if (std::holds_alternative<CursorExpired>(answer)) {
        if (folder.cursor.value.empty())
            co_return false; // gone since the tree was read; the next tree says so
        log::info(log::Area::sync, "a folder's cursor has expired; the folder is read again",
                  {{"mailbox", context_.mailbox.id.value},
                   {"folder", to_string(folder.folder.well_known)}});
        store::Folders folders(context_.pool);
        co_await folders.forget_cursor(context_.fence, folder.folder.id);
        folder.cursor = Cursor();
        co_return true;
    }

    auto& page = std::get<Page>(answer);
    const bool first_round = !folder.round_done_at;
    if (page.changes.empty() && page.last && !first_round)
        co_return false; // an empty round keeps the old cursor

    if (!page.last && page.next == folder.cursor)
        throw Failure(Reaction::retry, "graph.page_repeats",
                      "the provider's next page is the page it belongs to");

    Progress progress;
    progress.folder = folder.folder.id;
    progress.cursor = page.next;
    if (page.last)
        progress.round_done_at = asked_at;
    progress.query_version = context_.connector.query_version();
    PageSource source;
    source.folder = folder.folder.id;
    source.well_known = folder.folder.well_known;
    source.round_done_at = folder.round_done_at;
    folder.cursor = page.next;
    const bool more = !page.last;
    const PageReport one =
        co_await pages_.handle(std::move(page.changes), std::move(source), std::move(progress));
    context_.metrics.add(metric_changes_read, one.changes);
    report_.pages += one;
    co_return more;
}

asio::awaitable<void> MailboxTurn::retry_parked()
{
    store::Parked parked(context_.pool);
    const std::vector<store::ParkedRow> due = co_await parked.due(context_.mailbox.id);
    if (due.empty())
        co_return;
    std::vector<ItemKey> keys;
    for (const store::ParkedRow& row : due)
        keys.push_back(ItemKey{context_.mailbox.id, row.item_id});
    std::vector<std::optional<Item>> looks = co_await context_.connector.look_up(std::move(keys));
    std::vector<Change> changes;
    std::vector<std::string> gone;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        if (!looks[i]) {
            gone.push_back(due[i].item_id);
            continue;
        }
        Change change;
        change.key = looks[i]->key;
        change.item = std::move(looks[i]);
        changes.push_back(std::move(change));
    }
    report_.pages += co_await pages_.handle(std::move(changes), PageSource(), std::nullopt);
    if (!gone.empty())
        co_await pages_.forget_parked(std::move(gone));
}

asio::awaitable<void> MailboxTurn::write_back()
{
    const DrainReport one = co_await drain_write_backs(context_);
    report_.writes.written += one.written;
    report_.writes.unneeded += one.unneeded;
    report_.writes.conflicts += one.conflicts;
    report_.writes.gone += one.gone;
    report_.writes.failed += one.failed;
}

} // namespace crmsync::sync
