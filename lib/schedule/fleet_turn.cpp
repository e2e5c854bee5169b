#include "base/log.hpp"
#include "schedule/fleet.hpp"
#include "schedule/held.hpp"
#include "schedule/schedule_metrics.hpp"
#include "sync/note_event.hpp"
#include "sync/present_names.hpp"

#include <algorithm>
#include <array>

namespace crmsync::schedule {

namespace asio = boost::asio;

namespace {

/// No mailbox's failure, though a turn met it. What a mailbox's own rows can bring about is its
/// own.
bool is_databases(std::string_view failure)
{
    constexpr std::array<std::string_view, 5> of_one_mailbox{
        "pg.bad_value", "pg.constraint", "pg.timeout", "pg.serialization", "pg.not_committed"};
    return failure.starts_with("pg.") &&
           std::ranges::find(of_one_mailbox, failure) == of_one_mailbox.end();
}

/// Why a turn failed that came to its end.
std::optional<Failure> failure_of(const sync::TurnReport& report)
{
    if (report.put_off)
        return report.put_off;
    return report.tree_failure ? report.tree_failure : report.write_failure;
}

/// Under its address is no mailbox any more, or another one.
bool is_elsewhere(std::string_view failure)
{
    return failure == "graph.mailbox_missing" || failure == "mailbox.other_account";
}

} // namespace

asio::awaitable<void> Fleet::turn(MailboxId id)
{
    Held& held = *held_.at(id); // stays while `working` is set
    const Timestamp began = held.began = clock_.now();
    std::optional<Failure> failure;
    sync::TurnReport report;
    bool read = false; // everything there is to read
    try {
        report = co_await work(held);
        failure = failure_of(report);
        read = !report.tree_failure && !report.put_off;
    } catch (const Failure& f) {
        failure = f;
    } catch (const std::exception& e) {
        failure = Failure(Reaction::retry, "turn.unexpected", e.what());
    }
    if (failure && is_elsewhere(failure->name())) {
        if (co_await follow_rename(held)) {
            failure.reset();
            report.more_to_do = true; // nothing was read yet: at once, under its new address
        } else if (stopping_) {
            // It was not looked to the end where the mailbox is now.
            failure =
                Failure(Reaction::give_back, "daemon.stopping", "the service is shutting down");
        }
    }
    // A missing grant stops no mailbox: once it is there, nobody has to start them one by one.
    if (failure && is_databases(failure->name()) && failure->reaction() == Reaction::stop)
        failure = Failure(Reaction::reauthorise, failure->name(), failure->message());

    if (read)
        settle_reading(held, report);
    // What gets through is progress: the next try does not wait longer and longer.
    if (report.writes.written > 0)
        held.failures_in_row = 0;
    if (failure)
        co_await settle_failure(held, *failure);
    else
        settle_success(held, report);

    TurnEnd end;
    end.at = clock_.now();
    end.more_to_do = report.more_to_do;
    end.due_at = report.due_at;
    end.failures_in_row = held.failures_in_row;
    if (failure) {
        // A mailbox whose stop could not be recorded is not stopped: soon again.
        const bool unrecorded = failure->reaction() == Reaction::stop && held.said.empty();
        end.failed = unrecorded ? Reaction::retry : failure->reaction();
        end.advice = failure->advice();
    } else {
        metrics_.observe(metric_turn_seconds,
                         std::chrono::duration<double>(end.at - began).count());
    }
    const double jitter = std::uniform_real_distribution<double>(0, 1)(jitter_);
    held.due = next_turn(end, rules_->settings.sync.poll_interval, jitter);
    if (std::exchange(held.woken, false) && !failure)
        held.due = end.at;
    if (!held.due)
        held.let_go = true;
    if (!held.let_go)
        remember_pass(held, read && !report.more_to_do, failure);
    if (report.first_pass_ended)
        record_wake_.notify();
    held.working = false;
    --turns_;
    note(failure ? "turn_failed" : "turn_done", id);
    if (held.let_go)
        heartbeat_wake_.notify(); // leaves it, and claims it again where it is free
    dispatch_wake_.notify();
}

/// Goes out with the recorder's next statement, and at once after a first pass: should the process
/// end before, tags that were set since would be read as those of a first pass.
void Fleet::remember_pass(const Held& held, bool caught_up, const std::optional<Failure>& failure)
{
    store::PassTimes times;
    times.mailbox = held.mailbox.id;
    times.next_pass_at = held.due;
    if (failure)
        times.last_failure = failure->name() + ": " + failure->message();
    if (caught_up)
        times.last_pass_at = held.mailbox.last_pass_at;
    passes_.push_back(std::move(times));
}

asio::awaitable<sync::TurnReport> Fleet::work(Held& held)
{
    if (std::exchange(held.reread, false)) {
        store::Mailboxes mailboxes(pool_);
        std::optional<Mailbox> now = co_await mailboxes.by_id(held.mailbox.id);
        if (!now)
            throw Failure(Reaction::give_back, "lease.lost", "the mailbox was removed");
        // What this process knows of its passes may not have been recorded yet.
        if (!now->last_pass_at)
            now->last_pass_at = held.mailbox.last_pass_at;
        if (now->address != held.mailbox.address)
            held.connector.reset();
        held.mailbox = std::move(*now);
    }
    if (!held.connector)
        held.connector = connectors_(held.mailbox);
    co_await look_whose_it_is(held);
    co_await learn_language(held);
    const auto rules = sync::in_language(rules_, held.language);
    sync::TurnContext context{held.mailbox, held.fence, *held.connector, pool_, clock_, metrics_,
                              hash_,        rules,      false,           false, {},     {}};
    context.first_pass = !held.mailbox.last_pass_at;
    context.first_turn = held.first_turn;
    context.categories_missing = held.categories_missing;
    context.observe = observe_;
    context.lanes = &lanes_;
    context.memory = &held.memory;
    context.renaming = held.renaming;
    context.ask_for_account = [this, &held] { return expect_same_account(held); };
    context.stopping = [this, &held] { return stopping_ || held.let_go || !holds_leases(); };
    sync::MailboxTurn turn(context);
    sync::TurnReport report = co_await turn.run();
    report.first_pass_ended =
        context.first_pass && !report.more_to_do && !report.tree_failure && !report.put_off;
    if (report.pages.tracked > 0 || report.writes.written > 0 || report.untracks.released > 0)
        log::info(log::Area::sync,
                  report.more_to_do || report.put_off ? "mailbox catching up" : "mailbox in step",
                  {{"mailbox", held.mailbox.id.value},
                   {"changes", report.pages.changes},
                   {"tracked", report.pages.tracked},
                   {"written", report.writes.written},
                   {"untracked", report.untracks.released}});
    co_return report;
}

/// Once a day, and only where the settings have names by language.
asio::awaitable<void> Fleet::learn_language(Held& held)
{
    const Timestamp now = clock_.now();
    const bool known = held.language_at && now - *held.language_at < std::chrono::hours(24);
    if (rules_->languages.empty() || known)
        co_return;
    held.language_at = now;
    std::optional<std::string> language;
    try {
        language = co_await sync::language_of_mailbox(pool_, held.fence, *held.connector, now);
    } catch (const Failure& failure) {
        if (failure.reaction() != Reaction::retry && failure.reaction() != Reaction::wait)
            throw;
        held.language_at.reset(); // names are not worth a turn
    }
    if (!language || *language == held.language)
        co_return;
    held.language = std::move(*language);
    held.first_turn = true; // its list and its items may lack the names of this language
}

void Fleet::settle_reading(Held& held, const sync::TurnReport& report)
{
    const Timestamp now = clock_.now();
    held.first_turn = false;
    held.categories_missing = report.categories_missing;
    held.renaming = report.renaming;
    if (!report.more_to_do)
        held.untracks_held = report.untracks.held;
    if (!report.more_to_do)
        held.mailbox.last_pass_at = now;
    if (!report.owes)
        held.owing_since.reset();
    else if (!held.owing_since)
        held.owing_since = now;
}

void Fleet::settle_success(Held& held, const sync::TurnReport& report)
{
    held.failures_in_row = 0;
    if (!report.more_to_do)
        held.mailbox.state = MailboxState::enabled; // recording the pass does the same to its row
    metrics_.add(metric_turns);
    const std::string said = std::exchange(held.said, {});
    if (is_databases(said)) {
        if (!is_said(said))
            log::info(log::Area::schedule, "the database works again for every mailbox",
                      {{"failure", said}});
    } else if (!said.empty()) {
        log::info(log::Area::schedule, "the mailbox works again",
                  {{"mailbox", held.mailbox.id.value}, {"failure", said}});
    }
}

/// Whether a failure was said that has not gone since, of whatever mailbox.
bool Fleet::is_said(std::string_view failure) const
{
    return std::any_of(held_.begin(), held_.end(),
                       [failure](const auto& entry) { return entry.second->said == failure; });
}

/// Said once while the same failure lasts, in the log and in the sync log; a permanent one stops
/// the mailbox. The database's are said once for all mailboxes, and it is not asked to write down
/// what it does not do.
asio::awaitable<void> Fleet::settle_failure(Held& held, const Failure& failure)
{
    if (failure.reaction() == Reaction::give_back)
        co_return;
    ++held.failures_in_row;
    metrics_.add(metric_failures, 1, {{"name", failure.name()}});
    if (failure.name() == "pg.unreachable") {
        // No mailbox's failure. Old news where a heartbeat got through since the turn began.
        log::debug(log::Area::schedule, failure.message(), {{"mailbox", held.mailbox.id.value}});
        if (heartbeat_asked_ && *heartbeat_asked_ <= held.began) {
            database_failed(failure);
            heartbeat_wake_.notify();
        }
        co_return;
    }
    if (is_databases(failure.name())) {
        if (!is_said(failure.name()))
            log::warn(log::Area::schedule, failure.message(), {{"failure", failure.name()}});
        held.said = failure.name();
        co_return;
    }
    if (failure.reaction() == Reaction::wait && failure.advice())
        metrics_.add(metric_throttled, std::chrono::duration<double>(*failure.advice()).count());
    const bool news = std::exchange(held.said, failure.name()) != failure.name();
    if (news)
        log::warn(log::Area::schedule, failure.message(),
                  {{"failure", failure.name()}, {"mailbox", held.mailbox.id.value}});
    try {
        if (news) {
            const char* level = failure.reaction() == Reaction::stop ? "error" : "warn";
            boost::json::object detail;
            detail["message"] = failure.message();
            co_await sync::note_event(pool_, held.mailbox.id, level, failure.name(),
                                      std::move(detail));
        }
        // Once: everybody is told of a new state, ourselves too, and would try again at once.
        if (failure.reaction() == Reaction::stop && held.mailbox.state != MailboxState::stopped) {
            store::Mailboxes mailboxes(pool_);
            const std::string reason = failure.name() + ": " + failure.message();
            co_await mailboxes.set_state(held.mailbox.id, MailboxState::stopped, reason);
            held.mailbox.state = MailboxState::stopped;
        }
    } catch (const std::exception& unreachable) {
        // The database is away: the next turn fails again and says it then.
        held.said.clear();
        log::debug(log::Area::schedule, "a failure could not be recorded",
                   {{"reason", unreachable.what()}});
    }
}

} // namespace crmsync::schedule
