#pragma once

#include "model/ids.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::store {

/// BEGIN, to which the statements of the transaction are added.
pg::Script transaction();
/// BEGIN and the fence: nothing behind it runs when the lease is lost.
pg::Script transaction(Fence fence);
/// The same for what may give activities an owner: a handover waits for those that began before it
/// (Handover::name_successor), and those that begin later find the successor.
pg::Script owning_transaction(Fence fence);
/// The first for what may be lost when PostgreSQL crashes within a second of it, because it would
/// be done again without harm: its COMMIT does not wait for the disk.
pg::Script repeatable_transaction(Fence fence);

/// A part of a transaction that reads something before it goes on. A failure is thrown after a
/// ROLLBACK.
boost::asio::awaitable<std::vector<pg::Result>> advance(pg::Connection& connection,
                                                        pg::Script script);

/// The last part, or the whole: adds COMMIT. Returns only when the server said that it committed.
boost::asio::awaitable<std::vector<pg::Result>> complete(pg::Connection& connection,
                                                         pg::Script script);

} // namespace crmsync::store
