#pragma once

#include "base/digest.hpp"
#include "model/ids.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::store {

/// An item, and by what its thread is told: HMACs of its Message-ID, its parents, its conversation.
struct ThreadQuery {
    Sha256 item_hmac{};
    std::vector<Sha256> keys;
};

/// Of each item whether another one stops its thread, in this mailbox or in all. `ended`: items of
/// the mailbox from which CRM Stop was taken just now.
boost::asio::awaitable<std::vector<bool>> find_stopped(pg::Connection& connection,
                                                       MailboxId mailbox,
                                                       const std::vector<ThreadQuery>& items,
                                                       const std::vector<Sha256>& ended);

} // namespace crmsync::store
