#pragma once

#include "model/mailbox.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace crmsync {

/// The mailbox a command names. Throws Failure where there is none, or where two providers have it.
boost::asio::awaitable<Mailbox> find_mailbox(pg::Pool& pool, std::string address);

/// An address from the command line. Throws UsageError where it is none.
Address address_argument(const std::string& text);

} // namespace crmsync
