#pragma once

#include "sync/page_handler.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::sync {

/// Decides and stores items that were looked up by themselves and not told by their folder: a
/// parked one that is due, one whose write met a conflict, one whose category is there after all.
/// A change without item is one that was not found. `revisited`: see PageSource.
boost::asio::awaitable<PageReport>
handle_looked_up(const TurnContext& context, std::vector<Change> changes, bool revisited = false);

} // namespace crmsync::sync
