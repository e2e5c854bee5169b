#include "store/leases.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <utility>

namespace crmsync::store {
namespace {

std::vector<Fence> read_fences(const pg::Result& result, DaemonId daemon)
{
    std::vector<Fence> fences;
    for (int row = 0; row < result.rows(); ++row) {
        Fence fence;
        fence.mailbox = MailboxId(result.get<std::int64_t>(row, 0));
        fence.holder = daemon;
        fence.epoch = Epoch(result.get<std::int64_t>(row, 1));
        fences.push_back(fence);
    }
    return fences;
}

} // namespace

boost::asio::awaitable<void> Leases::register_daemon(DaemonId daemon, std::string address,
                                                     std::chrono::seconds ttl)
{
    const std::int64_t seconds = ttl.count();
    co_await pool_.run(sql::forget_dead_daemons);
    co_await pool_.run(sql::register_daemon, params(daemon, address, seconds));
}

boost::asio::awaitable<bool> Leases::renew(DaemonId daemon, std::chrono::seconds ttl)
{
    const std::int64_t seconds = ttl.count();
    const pg::Result renewed = co_await pool_.run(sql::renew_daemon, params(daemon, seconds));
    co_return renewed.affected() == 1;
}

boost::asio::awaitable<void> Leases::resign(DaemonId daemon)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction();
    script.add(sql::release_leases, params(daemon));
    script.add(sql::forget_daemon, params(daemon));
    script.add(sql::notify_all);
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::int64_t> Leases::unclaimed()
{
    const pg::Result rows = co_await pool_.run(sql::unclaimed_mailboxes);
    co_return rows.get<std::int64_t>(0, 0);
}

boost::asio::awaitable<std::vector<Fence>> Leases::claim(DaemonId daemon, int limit)
{
    const pg::Result claimed = co_await pool_.run(sql::claim_due_mailboxes, params(daemon, limit));
    co_return read_fences(claimed, daemon);
}

boost::asio::awaitable<void> Leases::give_back(Fence fence, Timestamp due_at)
{
    co_await pool_.run(sql::give_back_lease,
                       params(fence.mailbox, fence.holder, fence.epoch, due_at));
}

boost::asio::awaitable<bool> Leases::wake(MailboxId mailbox)
{
    const std::vector<std::int64_t> ids(1, mailbox.value);
    co_await pool_.run(sql::wake_mailboxes, params(ids));
    const pg::Result told = co_await pool_.run(sql::notify_mailboxes, params(ids));
    co_return told.rows() == 1;
}

boost::asio::awaitable<void> Leases::wake(std::vector<MailboxId> mailboxes)
{
    std::vector<std::int64_t> ids;
    for (const MailboxId mailbox : mailboxes)
        ids.push_back(mailbox.value);
    if (ids.empty())
        co_return;
    co_await pool_.run(sql::wake_mailboxes, params(ids));
    co_await pool_.run(sql::notify_mailboxes, params(ids));
}

boost::asio::awaitable<std::vector<Fence>> Leases::held(DaemonId daemon)
{
    const pg::Result held = co_await pool_.run(sql::held_leases, params(daemon));
    co_return read_fences(held, daemon);
}

boost::asio::awaitable<std::vector<MailboxId>> Leases::to_let_go(DaemonId daemon,
                                                                 std::vector<Fence> working)
{
    std::vector<std::int64_t> ids, epochs;
    for (const Fence& fence : working) {
        ids.push_back(fence.mailbox.value);
        epochs.push_back(fence.epoch.value);
    }
    std::vector<MailboxId> lost;
    if (ids.empty())
        co_return lost;
    const pg::Result rows = co_await pool_.run(sql::leases_to_let_go, params(daemon, ids, epochs));
    for (int row = 0; row < rows.rows(); ++row)
        lost.emplace_back(rows.get<std::int64_t>(row, 0));
    co_return lost;
}

} // namespace crmsync::store
