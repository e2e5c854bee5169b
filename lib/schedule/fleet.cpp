#include "schedule/fleet.hpp"

#include "base/log.hpp"
#include "base/spawn_logged.hpp"
#include "schedule/held.hpp"
#include "schedule/schedule_metrics.hpp"
#include "store/leases.hpp"

#include <algorithm>

namespace crmsync::schedule {

namespace asio = boost::asio;

Fleet::Fleet(asio::any_io_executor executor, pg::Pool& pool, Clock& clock, Metrics& metrics,
             const PrivateHash& hash, ConnectorFactory connectors, FleetOptions options)
    : executor_(executor), pool_(pool), clock_(clock), metrics_(metrics), hash_(hash),
      connectors_(std::move(connectors)), options_(std::move(options)), lanes_(clock),
      heartbeat_wake_(executor), dispatch_wake_(executor), record_wake_(executor),
      jitter_(std::random_device{}())
{}

Fleet::~Fleet() = default;

void Fleet::note(std::string_view signal, MailboxId mailbox) const
{
    if (signal_)
        signal_(signal, mailbox);
}

void Fleet::stop()
{
    if (!std::exchange(stopping_, true))
        stopped_at_ = clock_.now();
    heartbeat_wake_.notify();
    dispatch_wake_.notify();
    record_wake_.notify();
}

void Fleet::set_rules(std::shared_ptr<const sync::PolicySnapshot> rules)
{
    rules_ = std::move(rules);
    for (auto& [id, held] : held_)
        held->first_turn = true; // the mailbox may lack a category that is named anew
}

void Fleet::wake(std::optional<MailboxId> mailbox)
{
    heartbeat_wake_.notify(); // it may be one that nobody holds yet
    for (auto& [id, held] : held_) {
        if (mailbox && id != *mailbox)
            continue;
        held->reread = true;
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
    co_await resign();
}

/// Once. Whoever still commits under one of these leases finds it lost.
asio::awaitable<void> Fleet::resign()
{
    if (std::exchange(resigned_, true))
        co_return;
    try {
        co_await record();
        store::Leases leases(pool_);
        co_await leases.resign(options_.daemon);
        note("resigned");
    } catch (const Failure& unreachable) {
        // Then the leases end by themselves, and the times stay as they were last recorded.
        log::warn(log::Area::schedule, "the leases could not be given back; they end by themselves",
                  {{"failure", unreachable.name()}});
    }
}

/// Starts what is due, oldest first, as many at once as allowed. Ends when told to stop and the
/// last turn has ended. One that hangs then does not keep the mailboxes from the next process.
asio::awaitable<void> Fleet::dispatch_loop()
{
    constexpr auto last_turns = std::chrono::seconds(2);
    while (!stopping_ || turns_ > 0) {
        const Timestamp now = clock_.now();
        Timestamp next = now + std::chrono::minutes(1);
        if (stopping_ && now >= stopped_at_ + last_turns)
            co_await resign();
        else if (stopping_)
            next = stopped_at_ + last_turns;
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
            if (stopping_ || database_away_ || turns_ >= options_.turns_at_once || !holds_leases())
                break; // the end of a turn, or the next heartbeat, wakes this loop again
            held->working = true;
            ++turns_;
            spawn_logged(executor_, "turn", turn(held->mailbox.id));
        }
        co_await dispatch_wake_.wait_until(clock_, next);
    }
}

asio::awaitable<void> Fleet::record_loop()
{
    while (!stopping_) {
        const auto interval = std::min<std::chrono::seconds>(std::chrono::seconds(10),
                                                             rules_->settings.sync.poll_interval);
        co_await record_wake_.wait_until(clock_, clock_.now() + interval);
        publish();
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

/// What is to be seen of the fleet from outside: not per mailbox, since thousands of series would
/// be the price, and those of mailboxes let go would go on growing.
void Fleet::publish()
{
    const Timestamp now = clock_.now();
    Timestamp oldest_pass = now;
    Timestamp oldest_debt = now;
    int untracks_held = 0;
    int guarded = 0;
    for (const auto& [id, held] : held_) {
        untracks_held += held->untracks_held;
        guarded += held->untracks_held > 0 ? 1 : 0;
        if (held->mailbox.state == MailboxState::stopped)
            continue; // waits for a person, who was told
        oldest_pass = std::min(
            oldest_pass, std::max(held->since, held->mailbox.last_pass_at.value_or(held->since)));
        oldest_debt = std::min(oldest_debt, held->owing_since.value_or(now));
    }
    const auto age = [now](Timestamp since) {
        return std::chrono::duration<double>(now - since).count();
    };
    metrics_.set(metric_leases_held, held());
    metrics_.set(metric_lag, age(oldest_pass));
    metrics_.set(metric_write_back_age, age(oldest_debt));
    metrics_.set(metric_untracks_held, untracks_held);
    metrics_.set(metric_mailboxes_guarded, guarded);
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
