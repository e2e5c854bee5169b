#include "sync/mailbox_turn.hpp"

#include "base/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/page_store.hpp"
#include "store/parked.hpp"
#include "store/write_backs.hpp"
#include "sync/category_list.hpp"
#include "sync/looked_up.hpp"
#include "sync/note_event.hpp"
#include "sync/parked_retry.hpp"
#include "sync/removed_folders.hpp"
#include "sync/reply_search.hpp"
#include "sync/sync_metrics.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr std::size_t folders_at_once = 20;

/// Of a backlog, in one turn. Rows, since pages may be small.
constexpr int backlog_rows = 10'000;
constexpr int backlog_pages = 200;
constexpr std::chrono::seconds backlog_time{5};

/// How long a folder without news keeps its stored cursor.
constexpr std::chrono::hours cursor_kept{24};

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

int rows_of(const std::vector<PageAnswer>& answers)
{
    std::size_t rows = 0;
    for (const PageAnswer& answer : answers)
        if (const auto* page = std::get_if<Page>(&answer))
            rows += page->changes.size();
    return static_cast<int>(rows);
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

    std::optional<CategoryCheck> list;
    if (context_.first_turn || context_.categories_missing) {
        list = co_await ensure_categories(context_);
        co_await remember_list(context_, *list);
    }
    co_await read_folders(std::move(tree.folders));
    report_.pages += co_await retry_parked(context_);
    report_.pages += co_await search_replies(context_);
    if (!report_.more_to_do)
        report_.untracks = co_await release_untracks(context_, list);
    if (report_.untracks.list)
        list = report_.untracks.list;
    report_.categories_missing = list && !list->complete;
    co_await write_back();
    const bool pass_ends = context_.first_pass && !report_.more_to_do && !report_.tree_failure;
    if (pass_ends && report_.unread_folders > 0) {
        store::Folders left_out(context_.pool);
        co_await left_out.mark_missed(context_.fence);
    }

    store::WriteBacks owed(context_.pool);
    report_.owed_at = co_await owed.next_due(context_.mailbox.id);
    store::Parked parked(context_.pool);
    report_.parked_at = co_await parked.next_due(context_.mailbox.id);
    co_return report_;
}

/// What the provider tells of its folders since `cursor`; of all of them where that is `whole`, or
/// becomes so. What is missing from the whole tree is gone.
asio::awaitable<FolderChanges> MailboxTurn::ask_for_tree(Cursor cursor, bool& whole)
{
    auto answer = co_await context_.connector.folders_since(std::move(cursor));
    if (std::holds_alternative<CursorExpired>(answer)) {
        whole = true; // the tree is small
        answer = co_await context_.connector.folders_since(Cursor());
    }
    if (std::holds_alternative<CursorExpired>(answer))
        throw Failure(Reaction::retry, "graph.tree_expired",
                      "the folder tree could not be read from its beginning");
    co_return std::move(std::get<FolderChanges>(answer));
}

asio::awaitable<store::FolderTree> MailboxTurn::refresh_tree()
{
    const int query_version = context_.connector.query_version();
    store::Folders folders(context_.pool);
    store::FolderTree tree = co_await folders.tree(context_.mailbox.id, query_version);
    bool whole = tree.cursor.value.empty();
    std::optional<FolderChanges> changes;
    try {
        changes = co_await ask_for_tree(tree.cursor, whole);
    } catch (const Failure& failure) {
        const Reaction reaction = failure.reaction();
        const bool passes = reaction == Reaction::retry || reaction == Reaction::set_aside;
        if (!passes || tree.folders.empty())
            throw;
        // Of the folders that are known it is known which they are. One that came since is not
        // read: it may be any, also one that nobody is to read.
        report_.tree_failure = failure;
    }
    if (!changes || (changes->present.empty() && changes->removed.empty() && !whole))
        co_return tree; // an empty round keeps its cursor: idle costs nothing
    report_.pages += co_await look_into_removed_folders(context_, tree, *changes, whole);
    co_await folders.apply(context_.fence, std::move(*changes), query_version, whole);
    co_return co_await folders.tree(context_.mailbox.id, query_version);
}

/// Folders that have been read before are asked together: most of the time none has news. Those
/// that have any, and those read for the first time, follow page by page.
asio::awaitable<void> MailboxTurn::read_folders(std::vector<store::FolderState> folders)
{
    std::vector<Reading> readings;
    for (store::FolderState& folder : folders) {
        if (folder.trouble.next_attempt_at.value_or(Timestamp()) <= context_.clock.now())
            readings.push_back(Reading{std::move(folder)});
        else
            ++report_.unread_folders;
    }
    std::vector<Reading*> behind;
    std::vector<Reading*> read_before;
    for (Reading& reading : readings)
        (reading.folder.cursor.value.empty() ? behind : read_before).push_back(&reading);

    for (std::size_t first = 0; first < read_before.size(); first += folders_at_once) {
        context_.end_if_stopping();
        const std::size_t last = std::min(read_before.size(), first + folders_at_once);
        std::vector<FolderCursor> asked;
        for (std::size_t i = first; i < last; ++i)
            asked.push_back(
                FolderCursor{read_before[i]->folder.folder.id, read_before[i]->folder.cursor});
        const Timestamp asked_at = context_.clock.now();
        auto answers = co_await context_.connector.changes_since(std::move(asked));
        Gate::Permit permit;
        const int rows = rows_of(answers);
        if (context_.lanes && rows > 0)
            permit = co_await context_.lanes->live.enter(rows);
        for (std::size_t i = first; i < last; ++i)
            if (co_await take(*read_before[i], std::move(answers[i - first]), asked_at))
                behind.push_back(read_before[i]);
    }
    std::stable_sort(behind.begin(), behind.end(), [](const Reading* a, const Reading* b) {
        return reading_rank(a->folder.folder.well_known) <
               reading_rank(b->folder.folder.well_known);
    });

    co_await read_backlog(std::move(behind));
    co_await keep_passed();
}

/// Lost with the turn where that fails before: then these pages are found empty once more.
asio::awaitable<void> MailboxTurn::keep_passed()
{
    if (passed_.empty())
        co_return;
    std::vector<Progress> progress;
    for (auto& [folder, one] : passed_)
        progress.push_back(std::move(one));
    passed_.clear();
    auto connection = co_await context_.pool.acquire();
    co_await store::advance_cursors(*connection, context_.fence, std::move(progress));
}

asio::awaitable<void> MailboxTurn::read_backlog(std::vector<Reading*> behind)
{
    const Timestamp began = context_.clock.now();
    const int rows_before = report_.pages.changes;
    int pages = 0;
    for (Reading* reading : behind) {
        bool more = true;
        while (more) {
            const bool rows_read = report_.pages.changes - rows_before >= backlog_rows;
            const bool time_is_up = pages > 0 && context_.clock.now() - began >= backlog_time;
            if (pages == backlog_pages || rows_read || time_is_up) {
                report_.more_to_do = true;
                co_return;
            }
            context_.end_if_stopping();
            more = co_await read_on(*reading);
            ++pages;
            if (more)
                co_await write_back(); // answer early: a first load may be long
        }
    }
}

asio::awaitable<bool> MailboxTurn::read_on(Reading& reading)
{
    Gate::Permit permit;
    if (context_.lanes)
        permit = co_await context_.lanes->backlog.enter();
    std::vector<FolderCursor> asked;
    asked.push_back(FolderCursor{reading.folder.folder.id, reading.folder.cursor});
    const Timestamp asked_at = context_.clock.now();
    auto answers = co_await context_.connector.changes_since(std::move(asked));
    co_return co_await take(reading, std::move(answers.front()), asked_at);
}

asio::awaitable<bool> MailboxTurn::take(Reading& reading, PageAnswer answer, Timestamp asked_at)
{
    if (std::holds_alternative<CursorExpired>(answer))
        co_return co_await begin_anew(reading);
    if (auto* refused = std::get_if<FolderRefused>(&answer)) {
        co_await leave_out(reading, std::move(*refused));
        co_return false;
    }
    co_return co_await take_page(reading, std::move(std::get<Page>(answer)), asked_at);
}

asio::awaitable<bool> MailboxTurn::take_page(Reading& reading, Page page, Timestamp asked_at)
{
    store::FolderState& folder = reading.folder;
    reading.links.insert(folder.cursor.value);
    const bool more = !page.last;
    const bool repeats = more && reading.links.contains(page.next.value);
    // A round without news keeps the cursor it began with, for a day: the provider may forget it
    // (G-69). Any other cursor is one of its pages', and those are forgotten soon (G-71).
    const bool fresh = folder.round_done_at && asked_at - *folder.round_done_at < cursor_kept;
    const bool keeps = page.changes.empty() && page.last && fresh && reading.keeps_cursor;

    Progress progress;
    progress.folder = folder.folder.id;
    progress.cursor = page.next;
    if (page.last)
        progress.round_done_at = asked_at;
    progress.query_version = context_.connector.query_version();
    folder.cursor = page.next;
    passed_.erase(folder.folder.id);
    if (page.changes.empty()) {
        if (!keeps)
            passed_.emplace(folder.folder.id, std::move(progress));
    } else {
        reading.keeps_cursor = false;
        const PageReport one =
            co_await pages_.handle(std::move(page.changes), source_of(folder), std::move(progress));
        context_.metrics.add(metric_changes_read, one.changes);
        report_.pages += one;
    }
    if (page.last)
        co_await caught_up(reading);
    if (!repeats)
        co_return more;

    FolderRefused refused;
    refused.failure = "graph.page_repeats";
    refused.message = "the provider's pages of a folder lead in a circle";
    co_await forget_cursor(reading);
    co_await leave_out(reading, std::move(refused));
    co_return false;
}

asio::awaitable<bool> MailboxTurn::begin_anew(Reading& reading)
{
    store::FolderState& folder = reading.folder;
    if (folder.cursor.value.empty())
        co_return false; // gone since the tree was read; the next tree says so
    if (std::exchange(reading.begun_anew, true)) {
        FolderRefused refused;
        refused.failure = "graph.cursor_expired";
        refused.message = "the provider drops a folder's cursor as soon as it has given it out";
        co_await leave_out(reading, std::move(refused));
        co_return false;
    }
    log::info(
        log::Area::sync, "a folder's cursor has expired; the folder is read again",
        {{"mailbox", context_.mailbox.id.value}, {"folder", to_string(folder.folder.well_known)}});
    co_await forget_cursor(reading);
    co_return true;
}

asio::awaitable<void> MailboxTurn::forget_cursor(Reading& reading)
{
    store::Folders folders(context_.pool);
    co_await folders.forget_cursor(context_.fence, reading.folder.folder.id);
    reading.folder.cursor = Cursor();
    reading.folder.from_beginning = true;
    reading.keeps_cursor = false;
    passed_.erase(reading.folder.folder.id);
}

asio::awaitable<void> MailboxTurn::leave_out(Reading& reading, FolderRefused refused)
{
    ++report_.unread_folders;
    context_.metrics.add(metric_folders_left_out, 1, {{"name", refused.failure}});
    store::FolderState& folder = reading.folder;
    const bool news = folder.trouble.failure != refused.failure;
    folder.trouble.failure = refused.failure;
    ++folder.trouble.attempts;
    folder.trouble.next_attempt_at =
        context_.clock.now() + backoff(folder.trouble.attempts, 0.5, std::nullopt,
                                       {std::chrono::minutes(1), std::chrono::hours(1)});
    store::Folders folders(context_.pool);
    co_await folders.set_trouble(context_.fence, folder.folder.id, folder.trouble);
    if (!news)
        co_return;

    log::warn(log::Area::sync, "a folder cannot be read; the others go on",
              {{"mailbox", context_.mailbox.id.value},
               {"folder", to_string(folder.folder.well_known)},
               {"failure", refused.failure},
               {"why", refused.message}});
    boost::json::object detail;
    detail["failure"] = refused.failure;
    detail["message"] = refused.message;
    detail["folder_id"] = folder.folder.id.value;
    co_await note_event(context_.pool, context_.mailbox.id, "warn", "folder_left_out",
                        std::move(detail));
}

asio::awaitable<void> MailboxTurn::caught_up(Reading& reading)
{
    if (reading.folder.trouble.failure.empty())
        co_return;
    log::info(log::Area::sync, "a folder can be read again",
              {{"mailbox", context_.mailbox.id.value},
               {"folder", to_string(reading.folder.folder.well_known)}});
    reading.folder.trouble = store::FolderTrouble();
    store::Folders folders(context_.pool);
    co_await folders.set_trouble(context_.fence, reading.folder.folder.id, reading.folder.trouble);
}

/// A mailbox that takes no writes is read all the same: the turn fails at its end.
asio::awaitable<void> MailboxTurn::write_back()
{
    if (report_.write_failure)
        co_return;
    DrainReport one;
    try {
        one = co_await drain_write_backs(context_);
    } catch (const Failure& failure) {
        if (failure.reaction() == Reaction::give_back)
            throw;
        report_.write_failure = failure;
    }
    report_.writes.written += one.written;
    report_.writes.unneeded += one.unneeded;
    report_.writes.conflicts += one.conflicts;
    report_.writes.gone += one.gone;
    report_.writes.failed += one.failed;
}

} // namespace crmsync::sync
