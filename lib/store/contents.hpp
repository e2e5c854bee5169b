#pragma once

#include "model/plan.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace crmsync::store {

/// Contents by digest, each once.
using Contents = std::map<std::string, const StoredAttachment*>;

/// The digests of what is to be stored of these rows, for sql::lock_blobs.
std::vector<pg::Bytes> digests_of(const std::vector<const StoredAttachment*>& rows);

/// What of these rows is not in the database yet. `stored`: digests that are.
Contents missing_contents(const std::vector<const StoredAttachment*>& rows,
                          const std::set<std::string>& stored);

/// Brings the long ones into the open transaction, a megabyte at a time: they are never in memory
/// as a whole. Before the short ones, since nobody takes digests in another order.
boost::asio::awaitable<void> send_long_contents(pg::Connection& connection, Contents missing);

void add_short_contents(pg::Script& script, const Contents& missing);

} // namespace crmsync::store
