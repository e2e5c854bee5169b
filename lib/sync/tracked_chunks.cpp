#include "sync/tracked_chunks.hpp"

#include "base/failure.hpp"
#include "store/leases.hpp"
#include "store/page_store.hpp"
#include "sync/body_fetcher.hpp"
#include "sync/sync_metrics.hpp"

#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// What one transaction holds at most. The cost of a transaction is mostly that of its statements,
/// however few rows they have: a hundred items take the database a quarter less than five times
/// twenty.
constexpr std::size_t chunk_items = 100;
constexpr std::int64_t chunk_bytes = 8 << 20;

std::size_t bytes_of_tracked(const TrackedItem& item)
{
    std::size_t bytes = item.body.size();
    for (const StoredAttachment& attachment : item.attachments)
        bytes += attachment.content.size();
    return bytes;
}

/// As the mailbox says; with its attachments, so that what is fetched together fits into memory.
/// What was not said may be large: no more than twenty of such at once.
std::int64_t size_of(const Item& item) { return item.message().size.value_or(chunk_bytes / 20); }

/// Deleted between the list and the body, most of the time. Some items are listed and cannot be
/// read (G-105): what a look still finds is there.
asio::awaitable<void> set_missing_aside(const TurnContext& context,
                                        std::vector<const Decided*> missing, Plan& plan)
{
    if (missing.empty())
        co_return;
    co_await context.expect_same_account();
    std::vector<ItemKey> keys;
    for (const Decided* one : missing)
        keys.push_back(one->item.key);
    const std::vector<std::optional<Item>> looks =
        co_await context.connector.look_up(std::move(keys));
    for (std::size_t i = 0; i < looks.size(); ++i) {
        if (looks[i])
            plan_parked(plan, *missing[i], "item.body_missing", true, facts_of(context));
        else
            context.metrics.add(metric_gone_before_body);
    }
}

} // namespace

PlanFacts facts_of(const TurnContext& context)
{
    return PlanFacts{context.mailbox, *context.rules, context.hash, context.clock.now()};
}

asio::awaitable<void> store_shared(const TurnContext& context, std::vector<Decided> joining,
                                   const Candidates& candidates, Plan& plan, PageReport& report)
{
    for (const Decided& one : joining) {
        if (plan.tracked.size() == chunk_items) {
            Plan full = std::exchange(plan, Plan());
            co_await commit_chunk(context, std::move(full), std::nullopt, report);
        }
        plan_shared(plan, one, candidates, facts_of(context));
    }
}

asio::awaitable<std::vector<Decided>> store_tracked(const TurnContext& context,
                                                    std::vector<Decided> accepted,
                                                    const Candidates& candidates, Plan& plan,
                                                    PageReport& report)
{
    std::vector<Decided> outdated;
    std::size_t first = 0;
    while (first < accepted.size()) {
        context.end_if_stopping();
        if (!plan.tracked.empty()) {
            Plan full = std::exchange(plan, Plan());
            co_await commit_chunk(context, std::move(full), std::nullopt, report);
        }
        std::vector<Decided> chunk;
        std::int64_t expected = 0;
        do {
            expected += size_of(accepted[first].item);
            chunk.push_back(std::move(accepted[first++]));
        } while (first < accepted.size() && chunk.size() < chunk_items &&
                 expected + size_of(accepted[first].item) <= chunk_bytes);
        std::vector<Phase2> answers = co_await fetch_accepted(context, chunk);

        std::size_t bytes = 0;
        std::optional<Deferred> deferred;
        std::vector<const Decided*> missing;
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            if (auto* fetched = std::get_if<Fetched>(&answers[i])) {
                plan_tracked(plan, chunk[i], std::move(*fetched), candidates, facts_of(context));
                bytes += bytes_of_tracked(plan.tracked.back());
            } else if (const auto* refused = std::get_if<BodyRefused>(&answers[i])) {
                plan_parked(plan, chunk[i], refused->failure, refused->transient,
                            facts_of(context));
            } else if (std::holds_alternative<Outdated>(answers[i])) {
                outdated.push_back(chunk[i]);
            } else if (auto* later = std::get_if<Deferred>(&answers[i])) {
                deferred = std::move(*later);
            } else {
                missing.push_back(&chunk[i]);
            }
            if (bytes > static_cast<std::size_t>(chunk_bytes)) {
                Plan full = std::exchange(plan, Plan());
                bytes = 0;
                co_await commit_chunk(context, std::move(full), std::nullopt, report);
            }
        }
        if (deferred) {
            // What arrived is kept; the page comes again with the rest.
            Plan full = std::exchange(plan, Plan());
            co_await commit_chunk(context, std::move(full), std::nullopt, report);
            throw Failure(Reaction::wait, deferred->failure, deferred->message, deferred->advice);
        }
        co_await set_missing_aside(context, std::move(missing), plan);
    }
    co_return outdated;
}

asio::awaitable<void> commit_chunk(const TurnContext& context, Plan plan,
                                   std::optional<Progress> progress, PageReport& report)
{
    context.end_if_stopping();
    plan.policy_version = context.rules->fingerprint;
    report.tracked += static_cast<int>(plan.tracked.size());
    report.owed += static_cast<int>(plan.write_backs.size());
    store::Committed committed;
    {
        auto connection = co_await context.pool.acquire();
        committed = co_await store::commit(*connection, context.fence, std::move(plan),
                                           std::move(progress));
    }
    for (const store::CommittedItem& item : committed.tracked)
        context.metrics.add(item.created ? metric_activities_created : metric_activities_joined);
    if (!committed.revisits.empty()) {
        store::Leases leases(context.pool);
        co_await leases.wake(std::move(committed.revisits));
    }
}

} // namespace crmsync::sync
