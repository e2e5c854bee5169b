#include "store/removal.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

boost::asio::awaitable<bool> Removal::is_held(MailboxId mailbox)
{
    const pg::Result held = co_await pool_.run(sql::mailbox_is_held, params(mailbox));
    co_return held.get<bool>(0, 0);
}

boost::asio::awaitable<void> Removal::take_lease_away(MailboxId mailbox)
{
    co_await pool_.run(sql::take_lease_away, params(mailbox));
}

boost::asio::awaitable<std::vector<std::string>> Removal::linked_after(MailboxId mailbox,
                                                                       std::string after, int limit)
{
    const pg::Result rows =
        co_await pool_.run(sql::linked_items_after, params(mailbox, after, limit));
    std::vector<std::string> items;
    for (int row = 0; row < rows.rows(); ++row)
        items.push_back(rows.get<std::string>(row, 0));
    co_return items;
}

boost::asio::awaitable<void> Removal::expect_no_categories(MailboxId mailbox,
                                                           std::vector<std::string> items)
{
    co_await pool_.run(sql::expect_no_categories, params(mailbox, items));
}

} // namespace crmsync::store
