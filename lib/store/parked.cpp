#include "store/parked.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <set>
#include <utility>

namespace crmsync::store {
namespace {

std::vector<ParkedRow> read_parked(const pg::Result& rows)
{
    std::vector<ParkedRow> all;
    for (int row = 0; row < rows.rows(); ++row) {
        ParkedRow& parked = all.emplace_back();
        parked.mailbox = MailboxId(rows.get<std::int64_t>(row, 0));
        parked.mailbox_address = rows.get<std::string>(row, 1);
        parked.item_id = rows.get<std::string>(row, 2);
        parked.reason = rows.get<std::string>(row, 3);
        parked.version = rows.get<std::string>(row, 4);
        parked.attempts = rows.get<int>(row, 5);
        parked.parked_at = rows.get<Timestamp>(row, 6);
        parked.next_attempt_at = rows.get<std::optional<Timestamp>>(row, 7);
    }
    return all;
}

} // namespace

boost::asio::awaitable<std::vector<ParkedRow>> Parked::list(std::optional<MailboxId> mailbox,
                                                            int limit)
{
    const pg::Result rows = co_await pool_.run(sql::list_parked, params(mailbox, limit));
    co_return read_parked(rows);
}

boost::asio::awaitable<std::vector<ParkedRow>> Parked::due(MailboxId mailbox, int limit)
{
    const pg::Result rows = co_await pool_.run(sql::due_parked, params(mailbox, limit));
    co_return read_parked(rows);
}

boost::asio::awaitable<void> Parked::rest(Fence fence, const std::vector<ParkedRow>& tried)
{
    if (tried.empty())
        co_return;
    std::vector<std::string> item_ids;
    std::vector<std::optional<Timestamp>> due_at;
    for (const ParkedRow& row : tried) {
        item_ids.push_back(row.item_id);
        due_at.push_back(row.next_attempt_at);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::rest_parked, params(fence.mailbox, item_ids, due_at));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::vector<MailboxId>> Parked::retry(std::optional<MailboxId> mailbox,
                                                             std::optional<std::string> item_id)
{
    const pg::Result rows = co_await pool_.run(sql::retry_parked, params(mailbox, item_id));
    std::set<MailboxId> mailboxes;
    for (int row = 0; row < rows.rows(); ++row)
        mailboxes.emplace(rows.get<std::int64_t>(row, 0));
    co_return std::vector<MailboxId>(mailboxes.begin(), mailboxes.end());
}

} // namespace crmsync::store
