#pragma once

#include "model/plan.hpp"
#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <set>
#include <string>
#include <vector>

namespace crmsync::store {

/// Which activity a tracked item belongs to.
struct Identified {
    ActivityId activity;
    bool mine = false;    ///< the proposed one: this transaction writes it
    bool deleted = false; ///< a tombstone
    bool pending = false; ///< a scanner holds some of its attachments back
    bool missing = false; ///< of an item that only joins: there is nothing to join
};

struct IdentifiedPage {
    std::vector<Identified> items; ///< in the order of the plan
    std::set<std::string> blobs;   ///< digests that are stored, and locked against the purge
};

/// Opens the transaction of a chunk: fence, then the identities. Two messages that share a
/// Message-ID but not From, or lie more than a day apart, get keys of their own. Throws
/// Failure("pg.serialization", retry) where an activity was purged between two looks.
boost::asio::awaitable<IdentifiedPage> identify(pg::Connection& connection, Fence fence,
                                                const Plan& plan);

} // namespace crmsync::store
