#include "sync/mailbox_turn.hpp"

#include "base/failure.hpp"
#include "store/parked.hpp"
#include "store/write_backs.hpp"
#include "sync/category_list.hpp"
#include "sync/folder_tree.hpp"
#include "sync/looked_up.hpp"
#include "sync/parked_retry.hpp"
#include "sync/reply_search.hpp"

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

int rows_of(const std::vector<PageAnswer>& answers)
{
    std::size_t rows = 0;
    for (const PageAnswer& answer : answers)
        if (const auto* page = std::get_if<Page>(&answer))
            rows += page->changes.size();
    return static_cast<int>(rows);
}

} // namespace

asio::awaitable<TurnReport> MailboxTurn::run()
{
    store::FolderTree tree = co_await refresh_tree(context_, report_);
    reader_.judge(verdicts_of(tree, context_.rules->policy));
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
            if (co_await reader_.take(*read_before[i], std::move(answers[i - first]), asked_at))
                behind.push_back(read_before[i]);
    }
    std::stable_sort(behind.begin(), behind.end(), [](const Reading* a, const Reading* b) {
        return reading_rank(a->folder.folder.well_known) <
               reading_rank(b->folder.folder.well_known);
    });

    co_await read_backlog(std::move(behind));
    co_await reader_.keep_passed();
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
    co_return co_await reader_.take(reading, std::move(answers.front()), asked_at);
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
