#pragma once

#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace crmsync::store {

/// One column that names a row of another table, and how many of its values name none.
struct Reference {
    std::string name; ///< "link.activity_id -> activity"
    std::int64_t dangling = 0;
    std::vector<std::string> examples; ///< the first rows it was found in, by id
};

/// Verifies what no foreign key does: they would lock the same rows from every page. Reads whole
/// tables, all as of one moment. On a connection without a statement deadline.
boost::asio::awaitable<std::vector<Reference>> check_references(pg::Connection& connection);

} // namespace crmsync::store
