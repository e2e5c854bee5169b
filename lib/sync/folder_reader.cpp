#include "sync/folder_reader.hpp"

#include "base/backoff.hpp"
#include "base/log.hpp"
#include "store/page_store.hpp"
#include "sync/looked_up.hpp"
#include "sync/note_event.hpp"
#include "sync/returned_items.hpp"
#include "sync/sync_metrics.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// How long a folder without news keeps its stored cursor.
constexpr std::chrono::hours cursor_kept{24};

/// A person moves a few messages at a time; more is a clean-up.
constexpr int few_left = 20;

void count_messages(const Page& page, Progress& progress)
{
    for (const Change& change : page.changes) {
        if (change.removed())
            continue;
        ++progress.messages;
        const auto* message = std::get_if<Message>(&change.item->detail);
        if (!message || !message->received_at.has_value())
            continue;
        const Timestamp received = *message->received_at;
        progress.oldest = std::min(received, progress.oldest.value_or(received));
    }
}

} // namespace

asio::awaitable<bool> FolderReader::take(Reading& reading, PageAnswer answer, Timestamp asked_at)
{
    if (std::holds_alternative<CursorExpired>(answer))
        co_return co_await begin_anew(reading);
    if (auto* refused = std::get_if<FolderRefused>(&answer)) {
        co_await leave_out(reading, std::move(*refused));
        co_return false;
    }
    co_return co_await take_page(reading, std::move(std::get<Page>(answer)), asked_at);
}

asio::awaitable<bool> FolderReader::take_page(Reading& reading, Page page, Timestamp asked_at)
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
        progress.round_done_at = context_.connector.by_providers_clock(asked_at);
    progress.query_version = context_.connector.query_version();
    count_messages(page, progress);
    reading.left += static_cast<int>(page.changes.size()) - progress.messages;
    if (folder.from_beginning && progress.oldest)
        folder.read_back_to =
            std::min(*progress.oldest, folder.read_back_to.value_or(*progress.oldest));
    const bool many_left = folder.mid_round || reading.left > few_left;
    // Before the cursor passes what they left.
    if (page.last && many_left && !folder.from_beginning)
        report_.pages += co_await look_for_returned(context_);
    folder.cursor = page.next;
    passed_.erase(folder.folder.id);
    if (page.changes.empty()) {
        if (!keeps)
            passed_.emplace(folder.folder.id, std::move(progress));
    } else {
        reading.keeps_cursor = false;
        PageSource source = source_of(folder, verdicts_);
        source.many_left = many_left;
        const PageReport one =
            co_await pages_.handle(std::move(page.changes), std::move(source), std::move(progress));
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

asio::awaitable<bool> FolderReader::begin_anew(Reading& reading)
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

asio::awaitable<void> FolderReader::forget_cursor(Reading& reading)
{
    store::Folders folders(context_.pool);
    co_await folders.forget_cursor(context_.fence, reading.folder.folder.id);
    reading.folder.cursor = Cursor();
    reading.folder.from_beginning = true;
    reading.folder.read_back_to.reset();
    reading.keeps_cursor = false;
    passed_.erase(reading.folder.folder.id);
}

asio::awaitable<void> FolderReader::leave_out(Reading& reading, FolderRefused refused)
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

asio::awaitable<void> FolderReader::caught_up(Reading& reading)
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

/// Lost with the turn where that fails before: then these pages are found empty once more.
asio::awaitable<void> FolderReader::keep_passed()
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

} // namespace crmsync::sync
