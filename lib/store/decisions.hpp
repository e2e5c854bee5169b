#pragma once

#include "base/digest.hpp"
#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// A stored decision, for `explain`.
struct StoredDecision {
    std::optional<std::string> item_id;
    Timestamp decided_at{};
    std::string outcome;
    std::string rule;
    std::string evidence_json;
    std::string policy_version;
    std::optional<ActivityId> activity; ///< of the item's link
    std::optional<std::string> tracked_by;
    bool pinned = false;
    std::string failure; ///< why the item is set aside, where the decision is that it failed
};

/// sync.decision: why an item was or was not tracked.
class Decisions {
public:
    explicit Decisions(pg::Pool& pool) : pool_(pool) {}

    /// The newest first.
    boost::asio::awaitable<std::vector<StoredDecision>> of_message(MailboxId mailbox,
                                                                   Sha256 message_hmac);

    /// Removes those older than `days` that stand for no link, at most `limit`; the number removed.
    boost::asio::awaitable<int> purge(int days, int limit = 1000);

    /// Forgets who was answered the same again, a day after it began.
    boost::asio::awaitable<void> purge_corrections();

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
