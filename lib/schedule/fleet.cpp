#include "schedule/fleet.hpp"

#include "base/log.hpp"
#include "base/spawn_logged.hpp"
#include "schedule/schedule_metrics.hpp"
#include "store/events.hpp"
#include "store/leases.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace crmsync::schedule {

namespace asio = boost::asio;

/// A mailbox under our lease.
struct Fleet::Held {
    Mailbox mailbox;
    Fence fence;
    std::unique_ptr<Connector> connector;
    std::optional<Timestamp> due; ///< nothing: waits for a person
    int failures_in_row = 0;
    bool working = false;
    bool woken = false;  ///< news came while it was worked on
    bool let_go = false; ///< leave as soon as the turn has ended
    bool first_turn = true;
};

Fleet::Fleet(asio::any_io_executor executor, pg::Pool& pool, Clock& clock, Metrics& metrics,
             const PrivateHash& hash, ConnectorFactory connectors, FleetOptions options)
    : executor_(executor), pool_(pool), clock_(clock), metrics_(metrics), hash_(hash),
      connectors_(std::move(connectors)), options_(std::move(options)), heartbeat_wake_(executor),
      dispatch_wake_(executor), record_wake_(executor), jitter_(std::random_device{}())
{}

Fleet::~Fleet() = default;

void Fleet::note(std::string_view signal, MailboxId mailbox) const
{
    if (signal_)
        signal_(signal, mailbox);
}

void Fleet::stop()
{
    stopping_ = true;
    heartbeat_wake_.notify();
    dispatch_wake_.notify();
    record_wake_.notify();
}

void Fleet::wake(std::optional<MailboxId> mailbox)
{
    heartbeat_wake_.notify(); // it may be one that nobody holds yet
    for (auto& [id, held] : held_) {
        if (mailbox && id != *mailbox)
            continue;
        held->woken = held->working;
        held->due = clock_.now();
    }
    dispatch_wake_.notify();
}

asio::awaitable<void> Fleet::run()
{
    loops_ = 2;
    spawn_logged(executor_, "heartbeat", heartbeat_loop());
    spawn_logged(executor_, "pass times", record_loop());
    co_await dispatch_loop();
    while (loops_ > 0)
        co_await dispatch_wake_.wait_until(clock_, clock_.now() + std::chrono::seconds(1));
    co_await record();
    store::Leases leases(pool_);
    co_await leases.resign(options_.daemon);
    note("resigned");
}

asio::awaitable<void> Fleet::heartbeat_loop()
{
    while (!stopping_) {
        std::optional<Failure> failure;
        try {
            co_await heartbeat();
            co_await claim();
        } catch (const Failure& f) {
            failure = f;
        }
        if (failure && !database_away_) {
            database_away_ = true;
            log::warn(log::Area::schedule, "the database does not answer; waiting for it",
                      {{"failure", failure->name()}, {"reason", failure->message()}});
        } else if (!failure && database_away_) {
            database_away_ = false;
            log::info(log::Area::schedule, "the database answers again");
        }
        Timestamp next = next_heartbeat(heartbeat_asked_, clock_.now(), options_.times);
        if (failure)
            next = clock_.now() + std::chrono::seconds(1);
        co_await heartbeat_wake_.wait_until(clock_, next);
    }
    --loops_;
    dispatch_wake_.notify();
}

asio::awaitable<void> Fleet::heartbeat()
{
    store::Leases leases(pool_);
    const Timestamp asked = clock_.now();
    bool known = false;
    if (heartbeat_asked_)
        known = co_await leases.renew(options_.daemon, options_.times.ttl);
    if (!known) {
        // New, or away for so long that another process has tidied up: whatever we held is not
        // ours.
        for (auto& [id, held] : held_)
            held->let_go = true;
        co_await leases.register_daemon(options_.daemon, options_.address, options_.times.ttl);
        note("registered");
    }
    heartbeat_asked_ = asked;

    std::vector<Fence> working;
    for (const auto& [id, held] : held_)
        working.push_back(held->fence);
    if (!working.empty()) {
        const std::vector<MailboxId> lost =
            co_await leases.to_let_go(options_.daemon, std::move(working));
        for (const MailboxId id : lost)
            if (const auto found = held_.find(id); found != held_.end())
                found->second->let_go = true;
    }
    co_await let_go();
}

/// Mailboxes that were disabled, removed or lost. The lease is given back in any case: while it
/// names a living process, nobody could claim the mailbox when it is enabled again.
asio::awaitable<void> Fleet::let_go()
{
    std::vector<Fence> leaving;
    for (const auto& [id, held] : held_)
        if (held->let_go && !held->working)
            leaving.push_back(held->fence);
    store::Leases leases(pool_);
    for (const Fence& fence : leaving) {
        co_await leases.give_back(fence, clock_.now());
        held_.erase(fence.mailbox);
        note("let_go", fence.mailbox);
    }
}

asio::awaitable<void> Fleet::claim()
{
    store::Leases leases(pool_);
    store::Mailboxes mailboxes(pool_);
    constexpr int most_rounds = 200;
    for (int round = 0; round < most_rounds && !stopping_; ++round) {
        const int size = claim_size(held(), options_.capacity);
        if (size == 0)
            break;
        const std::vector<Fence> claimed = co_await leases.claim(options_.daemon, size);
        for (const Fence& fence : claimed) {
            std::optional<Mailbox> mailbox = co_await mailboxes.by_id(fence.mailbox);
            if (!mailbox)
                continue; // removed between the claim and here; its lease went with it
            auto held = std::make_unique<Held>();
            held->mailbox = std::move(*mailbox);
            held->fence = fence;
            held->due = clock_.now();
            held_[fence.mailbox] = std::move(held);
            note("claimed", fence.mailbox);
        }
        if (static_cast<int>(claimed.size()) < size)
            break;
    }
    metrics_.set(metric_leases_held, held());
    dispatch_wake_.notify();
}

/// Starts what is due, oldest first, as many at once as allowed. Ends when told to stop and the
/// last turn has ended.
asio::awaitable<void> Fleet::dispatch_loop()
{
    while (!stopping_ || turns_ > 0) {
        const Timestamp now = clock_.now();
        Timestamp next = now + std::chrono::minutes(1);
        std::vector<Held*> due;
        for (auto& [id, held] : held_) {
            if (held->working || held->let_go || !held->due)
                continue;
            if (*held->due <= now)
                due.push_back(held.get());
            else
                next = std::min(next, *held->due);
        }
        std::sort(due.begin(), due.end(),
                  [](const Held* a, const Held* b) { return *a->due < *b->due; });
        for (Held* held : due) {
            if (stopping_ || turns_ >= options_.turns_at_once || !holds_leases())
                break; // the end of a turn, or the next heartbeat, wakes this loop again
            held->working = true;
            ++turns_;
            spawn_logged(executor_, "turn", turn(held->mailbox.id));
        }
        co_await dispatch_wake_.wait_until(clock_, next);
    }
}

asio::awaitable<void> Fleet::turn(MailboxId id)
{
    Held& held = *held_.at(id); // stays while `working` is set
    const Timestamp began = clock_.now();
    std::optional<Failure> failure;
    std::optional<Timestamp> owed_at;
    try {
        const sync::TurnReport report = co_await work(held);
        owed_at = report.owed_at;
    } catch (const Failure& f) {
        failure = f;
    } catch (const std::exception& e) {
        failure = Failure(Reaction::retry, "turn.unexpected", e.what());
    }

    const Timestamp now = clock_.now();
    TurnEnd end;
    end.at = now;
    end.owed_at = owed_at;
    store::PassTimes times;
    times.mailbox = id;
    if (failure) {
        ++held.failures_in_row;
        end.failed = failure->reaction();
        end.advice = failure->advice();
        end.failures_in_row = held.failures_in_row;
        times.last_failure = failure->name() + ": " + failure->message();
        co_await settle_failure(held, *failure);
    } else {
        held.failures_in_row = 0;
        held.first_turn = false;
        held.mailbox.last_pass_at = now;
        times.last_pass_at = now;
        metrics_.add(metric_turns);
        metrics_.observe(metric_turn_seconds, std::chrono::duration<double>(now - began).count());
    }
    const double jitter = std::uniform_real_distribution<double>(0, 1)(jitter_);
    held.due = next_turn(end, rules_->settings.sync.poll_interval, jitter);
    if (std::exchange(held.woken, false) && !failure)
        held.due = now;
    if (!held.due)
        held.let_go = true;
    times.next_pass_at = held.due;
    passes_.push_back(std::move(times));
    held.working = false;
    --turns_;
    note(failure ? "turn_failed" : "turn_done", id);
    dispatch_wake_.notify();
}

asio::awaitable<sync::TurnReport> Fleet::work(Held& held)
{
    if (!held.connector)
        held.connector = connectors_(held.mailbox);
    sync::TurnContext context{held.mailbox, held.fence, *held.connector, pool_, clock_, metrics_,
                              hash_,        rules_,     false,           false, {},     {}};
    context.first_pass = !held.mailbox.last_pass_at;
    context.first_turn = held.first_turn;
    context.observe = observe_;
    context.stopping = [this, &held] { return stopping_ || held.let_go || !holds_leases(); };
    sync::MailboxTurn turn(context);
    const sync::TurnReport report = co_await turn.run();
    if (report.pages.tracked > 0 || report.writes.written > 0 || report.untracks.released > 0)
        log::info(log::Area::sync, "mailbox in step",
                  {{"mailbox", held.mailbox.id.value},
                   {"changes", report.pages.changes},
                   {"tracked", report.pages.tracked},
                   {"written", report.writes.written},
                   {"untracked", report.untracks.released}});
    co_return report;
}

/// Logged once per row of failures, in the log and in the sync log; a permanent one stops the
/// mailbox.
asio::awaitable<void> Fleet::settle_failure(Held& held, const Failure& failure)
{
    metrics_.add(metric_failures, 1, {{"name", failure.name()}});
    if (failure.reaction() == Reaction::give_back)
        co_return;
    const bool first = held.failures_in_row == 1;
    if (first)
        log::warn(log::Area::schedule, failure.message(),
                  {{"failure", failure.name()}, {"mailbox", held.mailbox.id.value}});
    try {
        if (first) {
            LogEvent event;
            event.level = failure.reaction() == Reaction::stop ? "error" : "warn";
            event.name = failure.name();
            boost::json::object detail;
            detail["message"] = failure.message();
            event.detail_json = boost::json::serialize(detail);
            std::vector<LogEvent> events;
            events.push_back(std::move(event));
            store::Events log(pool_);
            co_await log.add(held.mailbox.id, std::move(events));
        }
        if (failure.reaction() == Reaction::stop) {
            store::Mailboxes mailboxes(pool_);
            const std::string reason = failure.name() + ": " + failure.message();
            co_await mailboxes.set_state(held.mailbox.id, MailboxState::stopped, reason);
        }
    } catch (const Failure& unreachable) {
        // The database is away: the next turn fails again and says it then.
        log::debug(log::Area::schedule, "a failure could not be recorded",
                   {{"failure", unreachable.name()}});
    }
}

asio::awaitable<void> Fleet::record_loop()
{
    while (!stopping_) {
        const auto interval = std::min<std::chrono::seconds>(std::chrono::seconds(10),
                                                             rules_->settings.sync.poll_interval);
        co_await record_wake_.wait_until(clock_, clock_.now() + interval);
        try {
            co_await record();
        } catch (const Failure& unreachable) {
            // The times stay in memory and go out with the next round.
            log::debug(log::Area::schedule, "pass times could not be recorded",
                       {{"failure", unreachable.name()}});
        }
    }
    --loops_;
    dispatch_wake_.notify();
}

asio::awaitable<void> Fleet::record()
{
    if (passes_.empty())
        co_return;
    std::vector<store::PassTimes> passes = std::exchange(passes_, {});
    // One row a mailbox: the newest counts, but a success among them is not forgotten.
    std::map<MailboxId, store::PassTimes> newest;
    for (store::PassTimes& times : passes) {
        const auto before = newest.find(times.mailbox);
        if (before != newest.end() && !times.last_pass_at)
            times.last_pass_at = before->second.last_pass_at;
        newest[times.mailbox] = std::move(times);
    }
    std::vector<store::PassTimes> rows;
    for (auto& [id, times] : newest)
        rows.push_back(std::move(times));
    std::optional<Failure> failure;
    store::Mailboxes mailboxes(pool_);
    try {
        co_await mailboxes.record_passes(rows);
    } catch (const Failure& f) {
        failure = f;
    }
    if (failure) {
        passes_.insert(passes_.begin(), rows.begin(), rows.end());
        throw *failure;
    }
}

} // namespace crmsync::schedule
