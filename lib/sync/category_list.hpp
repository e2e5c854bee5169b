#pragma once

#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

/// Our five state categories, as the settings name them, with their colours.
std::vector<MasterCategory> state_categories(const Settings::Tracking& tracking);

/// Puts those of them that are missing into the mailbox's master list; what is there in any
/// spelling or colour is left alone. False where that was not possible: tracking does not depend on
/// it. Throws what concerns the mailbox as a whole.
boost::asio::awaitable<bool> ensure_categories(const TurnContext& context);

} // namespace crmsync::sync
