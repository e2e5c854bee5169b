#pragma once

#include "base/digest.hpp"
#include "base/timestamp.hpp"
#include "model/candidates.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

struct KnownQuery {
    std::string item_id;
    Sha256 item_hmac{};
    std::optional<Sha256> message_hmac; ///< of the Message-ID, where it was said
    /// What was sent more than a day after a person untracked the message is another one that has
    /// the same Message-ID.
    std::optional<Timestamp> happened_at{};
};

/// What is stored about these items of one mailbox, by item id, in one round trip. Every item asked
/// for is in the answer.
boost::asio::awaitable<std::map<std::string, KnownItem>>
known_items(pg::Connection& connection, MailboxId mailbox, const std::vector<KnownQuery>& items);

} // namespace crmsync::store
