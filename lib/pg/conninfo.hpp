#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace crmsync::pg {

/// Keywords and values as PQconnectStartParams takes them.
using ConnectionParameters = std::vector<std::pair<std::string, std::string>>;

/// Splits a URL or a "key=value" string. Throws Failure("pg.url", stop).
ConnectionParameters parse_url(const std::string& url);

/// Looks host names up, since libpq would block the thread while it does: each address becomes a
/// `hostaddr` of its own beside the name it belongs to. Unix sockets and numeric addresses are left
/// alone. Throws Failure("pg.unreachable", retry).
boost::asio::awaitable<ConnectionParameters> resolve_hosts(ConnectionParameters parameters,
                                                           std::chrono::milliseconds deadline);

} // namespace crmsync::pg
