#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace crmsync::store {

/// sync.reply_search: stored messages (by Message-ID) whose answers a mailbox ignored before. A
/// page that stores a message asks for them, in its own mailbox and in others.
class ReplySearches {
public:
    explicit ReplySearches(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<std::vector<std::string>> due(MailboxId mailbox, int limit = 20);
    boost::asio::awaitable<void> done(Fence fence, std::vector<std::string> message_ids);
    /// Could not be searched for: not due before `until`.
    boost::asio::awaitable<void> put_off(Fence fence, std::string message_id, Timestamp until);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
