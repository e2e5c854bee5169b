#include "store/due_work.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

#include <chrono>

namespace crmsync::store {

boost::asio::awaitable<DueWork> due_work(pg::Pool& pool, MailboxId mailbox, Timestamp now)
{
    const pg::Result rows = co_await pool.run(sql::due_work, params(mailbox));
    DueWork work;
    work.now = rows.get<bool>(0, 0);
    if (const auto soon = rows.get<std::optional<std::int64_t>>(0, 1))
        work.at = now + std::chrono::microseconds(*soon);
    work.owes = rows.get<bool>(0, 2);
    co_return work;
}

} // namespace crmsync::store
