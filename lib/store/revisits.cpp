#include "store/revisits.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace crmsync::store {
namespace {

Revisit revisit_of(std::string_view word)
{
    for (const Revisit reason :
         {Revisit::copy, Revisit::reply, Revisit::regarding, Revisit::attachments, Revisit::labels})
        if (word == to_string(reason))
            return reason;
    throw std::logic_error(fmt::format("'{}' is no reason of sync.revisit", word));
}

} // namespace

std::string_view to_string(Revisit reason)
{
    switch (reason) {
    case Revisit::copy:
        return "copy";
    case Revisit::reply:
        return "reply";
    case Revisit::regarding:
        return "regarding";
    case Revisit::attachments:
        return "attachments";
    case Revisit::labels:
        return "labels";
    }
    return "";
}

boost::asio::awaitable<std::vector<DueRevisit>> Revisits::due(MailboxId mailbox, int limit)
{
    const pg::Result rows = co_await pool_.run(sql::due_revisits, params(mailbox, limit));
    std::vector<DueRevisit> all;
    for (int row = 0; row < rows.rows(); ++row) {
        DueRevisit& one = all.emplace_back();
        one.reason = revisit_of(rows.get<std::string_view>(row, 0));
        one.key = rows.get<std::string>(row, 1);
        one.asks = rows.get<int>(row, 2);
    }
    co_return all;
}

boost::asio::awaitable<void> Revisits::done(Fence fence, std::vector<DueRevisit> revisits)
{
    if (revisits.empty())
        co_return;
    std::vector<std::string_view> reasons;
    std::vector<std::string> keys;
    std::vector<std::int64_t> asks;
    for (const DueRevisit& one : revisits) {
        reasons.push_back(to_string(one.reason));
        keys.push_back(one.key);
        asks.push_back(one.asks);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::revisited, params(fence.mailbox, reasons, keys, asks));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> Revisits::put_off(Fence fence, DueRevisit revisit, Timestamp until)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::put_off_revisit,
               params(fence.mailbox, to_string(revisit.reason), revisit.key, revisit.asks, until));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
