#pragma once

#include "store/folders.hpp"
#include "sync/turn_context.hpp"
#include "sync/turn_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::sync {

/// The mailbox's folders as they are now, stored. Where the tree cannot be read the ones known from
/// before come back, and the report says why.
boost::asio::awaitable<store::FolderTree> refresh_tree(const TurnContext& context,
                                                       TurnReport& report);

/// Where live mail comes and goes first: 0 for Inbox.
int reading_rank(WellKnown folder);

/// Folders in the order they are read.
void order_for_reading(std::vector<store::FolderState>& folders);

} // namespace crmsync::sync
