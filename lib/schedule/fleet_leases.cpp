#include "base/log.hpp"
#include "schedule/fleet.hpp"
#include "schedule/held.hpp"
#include "schedule/schedule_metrics.hpp"
#include "store/leases.hpp"

#include <algorithm>

namespace crmsync::schedule {

namespace asio = boost::asio;

asio::awaitable<void> Fleet::heartbeat_loop()
{
    while (!stopping_) {
        std::optional<Failure> failure;
        try {
            co_await heartbeat();
            co_await claim();
        } catch (const Failure& f) {
            failure = f;
        } catch (const std::exception& e) {
            failure = Failure(Reaction::retry, "turn.unexpected", e.what());
        }
        if (failure) {
            in_doubt_ = true;
            database_failed(*failure);
        } else {
            database_answers();
        }
        Timestamp next = next_heartbeat(heartbeat_asked_, clock_.now(), options_.times);
        if (failure)
            next = clock_.now() + std::chrono::seconds(1);
        co_await heartbeat_wake_.wait_until(clock_, next);
    }
    --loops_;
    dispatch_wake_.notify();
}

/// Told once, whoever meets it first; no turn is started until a heartbeat got through.
void Fleet::database_failed(const Failure& failure)
{
    if (std::exchange(database_away_, true))
        return;
    log::warn(log::Area::schedule, "the database does not answer; waiting for it",
              {{"failure", failure.name()}, {"reason", failure.message()}});
    note("database_away");
}

void Fleet::database_answers()
{
    if (!std::exchange(database_away_, false))
        return;
    log::info(log::Area::schedule, "the database answers again");
    note("database_back");
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
    if (in_doubt_) {
        // A claim whose answer was lost left leases that name us and that nobody would work on.
        std::vector<Fence> ours = co_await leases.held(options_.daemon);
        std::erase_if(ours, [this](const Fence& fence) { return held_.contains(fence.mailbox); });
        co_await take_on(std::move(ours));
        in_doubt_ = false;
    }
    constexpr int most_rounds = 200;
    for (int round = 0; round < most_rounds && !stopping_; ++round) {
        const int size = claim_size(held(), options_.capacity);
        if (size == 0)
            break;
        std::vector<Fence> claimed = co_await leases.claim(options_.daemon, size);
        const bool all = static_cast<int>(claimed.size()) < size;
        co_await take_on(std::move(claimed));
        if (all)
            break;
    }
    co_await count_unclaimed();
    publish();
    dispatch_wake_.notify();
}

/// What nobody reads is to be heard of: this process is full, and no other takes the rest.
asio::awaitable<void> Fleet::count_unclaimed()
{
    std::int64_t unclaimed = 0;
    if (held() >= options_.capacity) {
        store::Leases leases(pool_);
        unclaimed = co_await leases.unclaimed();
    }
    metrics_.set(metric_unclaimed, static_cast<double>(unclaimed));
    if (unclaimed > 0 && !full_)
        log::warn(log::Area::schedule,
                  "more mailboxes are due than one process holds; start another process",
                  {{"held", held()}, {"unclaimed", unclaimed}});
    full_ = unclaimed > 0;
}

asio::awaitable<void> Fleet::take_on(std::vector<Fence> fences)
{
    store::Leases leases(pool_);
    store::Mailboxes mailboxes(pool_);
    for (const Fence& fence : fences) {
        if (held_.contains(fence.mailbox)) {
            // Lost, free again, and the turn from before is still ending. It needs its entry; its
            // end brings the next heartbeat, and with it the next claim.
            co_await leases.give_back(fence, clock_.now());
            continue;
        }
        std::optional<Mailbox> mailbox = co_await mailboxes.by_id(fence.mailbox);
        if (!mailbox)
            continue; // removed between the claim and here; its lease went with it
        auto held = std::make_unique<Held>();
        held->mailbox = std::move(*mailbox);
        held->fence = fence;
        held->since = clock_.now();
        held->due = held->since;
        held_[fence.mailbox] = std::move(held);
        note("claimed", fence.mailbox);
    }
}

} // namespace crmsync::schedule
