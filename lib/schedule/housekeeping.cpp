#include "schedule/housekeeping.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/decisions.hpp"
#include "store/events.hpp"
#include "store/held_untracks.hpp"
#include "store/intents.hpp"
#include "store/pending_attachments.hpp"
#include "store/untracks.hpp"

namespace crmsync::schedule {

namespace asio = boost::asio;

namespace {

constexpr int event_days_ahead = 3;
constexpr int event_days_kept = 30;
constexpr int most_batches = 1'000; // of one round; what is left is for the next

} // namespace

Housekeeping::Housekeeping(asio::any_io_executor executor, pg::Pool& pool, Clock& clock)
    : pool_(pool), clock_(clock), wake_(executor)
{}

void Housekeeping::stop()
{
    stopping_ = true;
    wake_.notify();
}

asio::awaitable<void> Housekeeping::run()
{
    while (!stopping_) {
        try {
            co_await round();
        } catch (const Failure& failure) {
            // The heartbeat says that the database is away; what was not purged waits for the next
            // round.
            log::debug(log::Area::schedule, "housekeeping put off", {{"failure", failure.name()}});
        }
        co_await wake_.wait_until(clock_, clock_.now() + std::chrono::minutes(10));
    }
}

asio::awaitable<void> Housekeeping::round()
{
    constexpr int at_once = 100;
    store::Events events(pool_);
    co_await events.keep_partitions(event_days_ahead, event_days_kept);
    store::Untracks untracks(pool_);
    for (int i = 0; i < most_batches && !stopping_; ++i)
        if (co_await untracks.purge(at_once) < at_once)
            break;
    store::HeldUntracks held(pool_);
    co_await held.purge();
    store::PendingAttachments attachments(pool_);
    co_await attachments.give_old_up();
    store::Intents intents(pool_);
    co_await intents.purge();
    store::Decisions decisions(pool_);
    co_await decisions.purge_corrections();
    for (int i = 0; i < most_batches && !stopping_; ++i)
        if (co_await decisions.purge(decision_days_, at_once) < at_once)
            break;
}

} // namespace crmsync::schedule
