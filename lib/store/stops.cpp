#include "store/stops.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

boost::asio::awaitable<std::vector<bool>> find_stopped(pg::Connection& connection,
                                                       MailboxId mailbox,
                                                       const std::vector<ThreadQuery>& items,
                                                       const std::vector<Sha256>& ended)
{
    std::vector<std::int64_t> places;
    std::vector<pg::Bytes> item_hmacs, keys, without;
    for (std::size_t i = 0; i < items.size(); ++i)
        for (const Sha256& key : items[i].keys) {
            places.push_back(static_cast<std::int64_t>(i));
            item_hmacs.push_back(pg::to_bytes(items[i].item_hmac));
            keys.push_back(pg::to_bytes(key));
        }
    for (const Sha256& hmac : ended)
        without.push_back(pg::to_bytes(hmac));
    std::vector<bool> stopped(items.size(), false);
    if (places.empty())
        co_return stopped;
    const pg::Result rows = co_await connection.run(
        sql::stopped_items, params(mailbox, places, item_hmacs, keys, without));
    for (int row = 0; row < rows.rows(); ++row)
        stopped.at(static_cast<std::size_t>(rows.get<std::int64_t>(row, 0))) = true;
    co_return stopped;
}

} // namespace crmsync::store
