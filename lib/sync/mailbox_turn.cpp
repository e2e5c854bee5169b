#include "sync/mailbox_turn.hpp"

#include "base/failure.hpp"
#include "sync/dirty_folders.hpp"
#include "sync/first_load.hpp"
#include "sync/folder_choice.hpp"
#include "sync/folder_tree.hpp"
#include "sync/looked_up.hpp"
#include "sync/parked_retry.hpp"
#include "sync/present_names.hpp"
#include "sync/published_labels.hpp"
#include "sync/revisit.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr std::size_t folders_at_once = 20;

/// Of a backlog, in one turn. Rows, since pages may be small.
constexpr int backlog_rows = 10'000;
constexpr int backlog_pages = 200;

/// How soon after the last time turns that read a backlog ask for news again.
constexpr std::chrono::seconds news_rest{10};

/// A process that starts anew does not know what was asked before.
constexpr std::chrono::hours forgotten_changes{1};

int rows_of(const std::vector<PageAnswer>& answers)
{
    std::size_t rows = 0;
    for (const PageAnswer& answer : answers)
        if (const auto* page = std::get_if<Page>(&answer))
            rows += page->changes.size();
    return static_cast<int>(rows);
}

bool is_settled(const store::FolderState& folder)
{
    return !folder.cursor.value.empty() && !folder.mid_round;
}

std::vector<Reading*>::iterator most_urgent(std::vector<Reading*>& behind, Timestamp recent_since)
{
    return std::min_element(
        behind.begin(), behind.end(), [recent_since](const Reading* a, const Reading* b) {
            return urgency_of(a->folder, recent_since) < urgency_of(b->folder, recent_since);
        });
}

std::vector<store::FolderState*> not_counted(const std::vector<Reading*>& behind)
{
    std::vector<store::FolderState*> folders;
    for (Reading* reading : behind)
        if (reading->folder.from_beginning && !reading->folder.counted)
            folders.push_back(&reading->folder);
    return folders;
}

} // namespace

/// Where the provider asks to wait, what was stored before is answered all the same: else a mailbox
/// that gets through some of what it asks would never answer anybody.
asio::awaitable<TurnReport> MailboxTurn::run()
{
    try {
        co_await run_line();
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::wait)
            throw;
        report_.put_off = failure;
    }
    if (report_.put_off)
        co_await write_back();
    co_return report_;
}

asio::awaitable<void> MailboxTurn::run_line()
{
    store::FolderTree tree = co_await folders_now();
    reader_.judge(verdicts_of(tree, context_.rules->policy));
    order_for_reading(tree.folders);
    report_.folders = static_cast<int>(tree.folders.size());

    std::optional<CategoryCheck> list;
    if (list_is_due()) {
        list = co_await ensure_categories(context_);
        co_await remember_list(context_, *list);
        if (context_.memory)
            context_.memory->list_at = context_.clock.now();
    }
    const bool first_load = co_await is_first_load(tree);
    co_await read_folders(std::move(tree.folders));
    if (context_.first_turn)
        co_await publish_labels_or_later(context_);
    store::DueWork due = co_await what_is_due();
    if (due.now)
        co_await do_what_is_due(list);
    report_.categories_missing = list && !list->complete;
    report_.renaming = context_.first_turn || context_.renaming;
    const bool renames = (!report_.more_to_do || context_.first_pass) && report_.renaming;
    if (renames)
        report_.renaming = co_await put_present_names(context_);
    if (due.now || renames) {
        co_await write_back();
        due = co_await what_is_due();
    }
    report_.owes = due.owes;
    if (!report_.due_at)
        report_.due_at = due.at;
    co_await end_pass();
    const bool loaded = !report_.more_to_do && !report_.tree_failure;
    if (first_load)
        co_await note_first_load(context_, report_.writes.written, loaded);
    if (context_.memory)
        context_.memory->backlog_left = report_.more_to_do;
}

asio::awaitable<store::DueWork> MailboxTurn::what_is_due()
{
    return store::due_work(context_.pool, context_.mailbox.id, context_.clock.now());
}

asio::awaitable<void> MailboxTurn::do_what_is_due(std::optional<CategoryCheck>& list)
{
    report_.pages += co_await retry_parked(context_);
    const RevisitReport revisits = co_await revisit(context_);
    report_.pages += revisits.pages;
    if (revisits.more)
        report_.due_at = context_.clock.now();
    if (!report_.more_to_do)
        report_.untracks = co_await release_untracks(context_, list);
    if (report_.untracks.list)
        list = report_.untracks.list;
}

/// A category that somebody deletes is there again the next day, though nobody misses it at once.
bool MailboxTurn::list_is_due() const
{
    constexpr std::chrono::hours list_kept{24};
    const TurnMemory* memory = context_.memory;
    return context_.first_turn || context_.categories_missing ||
           (memory && memory->list_at && context_.clock.now() - *memory->list_at >= list_kept);
}

asio::awaitable<store::FolderTree> MailboxTurn::folders_now()
{
    if (TurnMemory* memory = context_.memory) {
        const auto rest = std::min(news_rest, context_.rules->settings.sync.poll_interval);
        goes_on_ = std::exchange(memory->backlog_left, false) && memory->asked_at &&
                   context_.clock.now() - *memory->asked_at < rest && !context_.first_turn;
    }
    if (!goes_on_)
        co_return co_await refresh_tree(context_, report_);
    store::Folders folders(context_.pool);
    co_return co_await folders.tree(context_.mailbox.id, context_.connector.query_version());
}

asio::awaitable<bool> MailboxTurn::is_first_load(const store::FolderTree& tree)
{
    const bool from_nothing =
        std::any_of(tree.folders.begin(), tree.folders.end(),
                    [](const store::FolderState& folder) { return folder.from_beginning; });
    if (!from_nothing && !context_.first_pass)
        co_return false;
    Answer answer = [this] { return write_back(); };
    co_return co_await begin_first_load(context_, std::move(answer), report_.pages);
}

asio::awaitable<void> MailboxTurn::end_pass()
{
    const bool pass_ends = context_.first_pass && !report_.more_to_do && !report_.tree_failure;
    if (!pass_ends || report_.unread_folders == 0)
        co_return;
    store::Folders left_out(context_.pool);
    co_await left_out.mark_missed(context_.fence);
}

/// Folders that have been read before are asked together: most of the time none has news. Those
/// that have more of it than a page, and those read for the first time, follow page by page.
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
    std::vector<Reading*> settled;
    for (Reading& reading : readings)
        (is_settled(reading.folder) ? settled : behind).push_back(&reading);

    if (!goes_on_)
        co_await ask_for_news(std::move(settled), behind);
    co_await read_backlog(std::move(behind));
    co_await reader_.keep_passed();
}

asio::awaitable<void> MailboxTurn::ask_for_news(std::vector<Reading*> settled,
                                                std::vector<Reading*>& behind)
{
    News news;
    news.now = context_.clock.now();
    TurnMemory* const memory = context_.memory;
    // A round of news is soon over; one that reads a whole folder is not.
    std::set<FolderId> untelling;
    for (const Reading* reading : behind)
        if (reading->folder.from_beginning &&
            (!reading->folder.cursor.value.empty() || (memory && memory->asked_at)))
            untelling.insert(reading->folder.folder.id);
    // A mailbox of few folders is asked whole, in one request.
    const bool many = settled.size() > folders_at_once && memory && memory->asked_at;
    DirtyFolders dirty;
    if (memory && (many || !untelling.empty())) {
        std::vector<store::FolderState*> folders;
        for (Reading* reading : settled)
            folders.push_back(&reading->folder);
        const Timestamp since = memory->changed_since.value_or(
            context_.connector.by_providers_clock(news.now) - forgotten_changes);
        dirty =
            co_await find_dirty_folders(context_, std::move(folders), std::move(untelling), since);
    }
    if (many && dirty.told) {
        news.chosen_before = memory->asked_at;
        news.dirty = std::move(dirty.folders);
    }
    std::erase_if(settled, [&](const Reading* reading) {
        return !asks_for_news(reading->folder, context_.mailbox.id, news);
    });
    co_await ask(std::move(settled), behind);
    report_.pages += co_await look_at_changed(context_, std::move(dirty.to_look_at));
    if (!behind.empty())
        co_await write_back(); // new mail does not wait for the backlog
    if (!memory)
        co_return;
    memory->asked_at = news.now;
    memory->changed_since = dirty.changed_since ? *dirty.changed_since
                                                : context_.connector.by_providers_clock(news.now);
    memory->looked_at = std::move(dirty.seen);
}

asio::awaitable<void> MailboxTurn::ask(std::vector<Reading*> readings,
                                       std::vector<Reading*>& behind)
{
    for (std::size_t first = 0; first < readings.size(); first += folders_at_once) {
        context_.end_if_stopping();
        const std::size_t last = std::min(readings.size(), first + folders_at_once);
        std::vector<FolderCursor> asked;
        for (std::size_t i = first; i < last; ++i)
            asked.push_back(
                FolderCursor{readings[i]->folder.folder.id, readings[i]->folder.cursor});
        const Timestamp asked_at = context_.clock.now();
        auto answers = co_await context_.connector.changes_since(std::move(asked));
        Gate::Permit permit;
        const int rows = rows_of(answers);
        if (context_.lanes && rows > 0)
            permit = co_await context_.lanes->live.enter(rows);
        for (std::size_t i = first; i < last; ++i)
            if (co_await reader_.take(*readings[i], std::move(answers[i - first]), asked_at))
                behind.push_back(readings[i]);
    }
}

asio::awaitable<void> MailboxTurn::read_backlog(std::vector<Reading*> behind)
{
    const Timestamp began = context_.clock.now();
    const Timestamp recent_since = began - context_.rules->policy.history;
    const int rows_before = report_.pages.changes;
    int pages = 0;
    while (!behind.empty()) {
        const bool rows_read = report_.pages.changes - rows_before >= backlog_rows;
        const bool time_is_up = pages > 0 && context_.clock.now() - began >= work_at_a_time;
        if (pages == backlog_pages || rows_read || time_is_up) {
            report_.more_to_do = true;
            co_return;
        }
        context_.end_if_stopping();
        const auto next = most_urgent(behind, recent_since);
        Reading& reading = **next;
        const bool more = co_await read_on(reading);
        ++pages;
        if (!more) {
            behind.erase(next);
            continue;
        }
        if (reading.folder.from_beginning && !reading.folder.counted)
            co_await count_folders(context_, not_counted(behind));
        co_await write_back(); // answer early: a first load may be long
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
    try {
        co_await drain_write_backs(context_, report_.writes);
    } catch (const Failure& failure) {
        if (failure.reaction() == Reaction::give_back)
            throw;
        report_.write_failure = failure;
    }
}

} // namespace crmsync::sync
