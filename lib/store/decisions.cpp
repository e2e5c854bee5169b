#include "store/decisions.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

boost::asio::awaitable<std::vector<StoredDecision>> Decisions::of_message(MailboxId mailbox,
                                                                          Sha256 message_hmac)
{
    const pg::Bytes message = pg::to_bytes(message_hmac);
    const pg::Result rows = co_await pool_.run(sql::decisions_of_message, params(mailbox, message));
    std::vector<StoredDecision> decisions;
    for (int row = 0; row < rows.rows(); ++row) {
        StoredDecision& decision = decisions.emplace_back();
        decision.item_id = rows.get<std::optional<std::string>>(row, 0);
        decision.decided_at = rows.get<Timestamp>(row, 1);
        decision.outcome = rows.get<std::string>(row, 2);
        decision.rule = rows.get<std::string>(row, 3);
        decision.evidence_json = rows.get<std::string>(row, 4);
        decision.policy_version = rows.get<std::string>(row, 5);
        decision.activity = optional_id<ActivityId>(rows, row, 6);
        decision.tracked_by = rows.get<std::optional<std::string>>(row, 7);
        decision.pinned = rows.get<bool>(row, 8);
        decision.failure = rows.get<std::optional<std::string>>(row, 9).value_or("");
    }
    co_return decisions;
}

boost::asio::awaitable<void> Decisions::purge_corrections()
{
    co_await pool_.run(sql::purge_corrections);
}

boost::asio::awaitable<int> Decisions::purge(int days, int limit)
{
    const pg::Result purged = co_await pool_.run(sql::purge_decisions, params(days, limit));
    co_return purged.get<int>(0, 0);
}

} // namespace crmsync::store
