#pragma once

#include "sync/category_list.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace crmsync::sync {

struct UntrackReport {
    int released = 0;
    int dropped = 0;
    int kept = 0;
    int held = 0; ///< of this mailbox, from now and from before
    /// What the mailbox's list of categories showed, where it was looked at.
    std::optional<CategoryCheck> list;
};

/// Looks at every staged removal freshly and carries out what the verdict lets through: releases
/// them, holds them all, or does what a person said about held ones. To be called only when all
/// folders of the mailbox are caught up: until then the category may simply not have arrived yet.
/// `list`: what the mailbox's list showed earlier in this turn.
boost::asio::awaitable<UntrackReport>
release_untracks(const TurnContext& context, std::optional<CategoryCheck> list = std::nullopt);

} // namespace crmsync::sync
