#pragma once

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

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
