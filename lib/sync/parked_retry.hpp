#pragma once

#include "sync/page_handler.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

/// Looks at every parked item whose time has come and decides it again. What still cannot be
/// handled is parked for longer. For `work_at_a_time` at most; the next turn goes on.
boost::asio::awaitable<PageReport> retry_parked(const TurnContext& context);

} // namespace crmsync::sync
