#pragma once

#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <string>

namespace crmsync::sync {

/// Writes one line about a mailbox into the sync log. `detail` holds no subject and no
/// correspondent's address.
boost::asio::awaitable<void> note_event(pg::Pool& pool, MailboxId mailbox, std::string level,
                                        std::string name, boost::json::object detail);

} // namespace crmsync::sync
