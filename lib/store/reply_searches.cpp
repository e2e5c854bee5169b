#include "store/reply_searches.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <utility>

namespace crmsync::store {

boost::asio::awaitable<std::vector<std::string>> ReplySearches::due(MailboxId mailbox, int limit)
{
    const pg::Result rows = co_await pool_.run(sql::replies_to_find, params(mailbox, limit));
    std::vector<std::string> message_ids;
    for (int row = 0; row < rows.rows(); ++row)
        message_ids.push_back(rows.get<std::string>(row, 0));
    co_return message_ids;
}

boost::asio::awaitable<void> ReplySearches::done(Fence fence, std::vector<std::string> message_ids)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::replies_found, params(fence.mailbox, message_ids));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> ReplySearches::put_off(Fence fence, std::string message_id,
                                                    Timestamp until)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::put_off_reply_search, params(fence.mailbox, message_id, until));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
