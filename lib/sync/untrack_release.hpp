#pragma once

#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::sync {

struct UntrackReport {
    int released = 0;
    int dropped = 0;
    int kept = 0;
};

/// Looks at every staged removal freshly and carries out what the verdict lets through. To be
/// called only when all folders of the mailbox are caught up: until then the category may simply
/// not have arrived yet.
boost::asio::awaitable<UntrackReport> release_untracks(const TurnContext& context);

} // namespace crmsync::sync
