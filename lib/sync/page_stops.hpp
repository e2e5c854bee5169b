#pragma once

#include "model/candidates.hpp"
#include "model/item.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <vector>

namespace crmsync::sync {

/// Fills in which items are of a stopped thread (KnownItem::stopped): by what was stored, and by
/// CRM Stop as it is set or taken off on the same page. Asks nothing where no thread is stopped.
boost::asio::awaitable<void> find_stops(const TurnContext& context, const std::vector<Item>& items,
                                        std::map<std::string, KnownItem>& known);

} // namespace crmsync::sync
