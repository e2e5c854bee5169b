#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace crmsync::store {

/// What waits for a mailbox's holder, besides news from the mailbox.
struct DueWork {
    bool now = false;            ///< some of it is due, or a removal is staged
    std::optional<Timestamp> at; ///< when the next of it is due; nothing: none waits
    bool owes = false;           ///< categories are among it
};

/// `now` is the reader's own time, in which the answer is given; what is due goes by the
/// database's.
boost::asio::awaitable<DueWork> due_work(pg::Pool& pool, MailboxId mailbox, Timestamp now);

} // namespace crmsync::store
