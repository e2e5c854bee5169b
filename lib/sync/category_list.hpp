#pragma once

#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace crmsync::sync {

/// Our state categories and CRM Stop, as the settings name them, with their colours.
std::vector<MasterCategory> state_categories(const Settings::Tracking& tracking);

/// What the mailbox's master list showed, and became.
struct CategoryCheck {
    bool complete = false; ///< all of ours are there now
    /// Whether a category that means tracked was there; nothing: the list could not be read.
    std::optional<bool> tracked_was_there;
    std::vector<std::string> added; ///< to the list, by this
};

/// Puts those of them that are missing into the mailbox's master list; what is there in any
/// spelling or colour is left alone. Where that was not possible it is said once: tracking does not
/// depend on it. Throws what concerns the mailbox as a whole.
boost::asio::awaitable<CategoryCheck> ensure_categories(const TurnContext& context);

/// Remembers that ours are in the list, and that the one for tracked items had gone from it: it is
/// back by now, and items may lose it for a while yet.
boost::asio::awaitable<void> remember_list(const TurnContext& context, CategoryCheck check);

} // namespace crmsync::sync
