#pragma once

#include "sync/page_handler.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

struct RevisitReport {
    PageReport pages;
    bool more = false; ///< some are left for the next turn, so that new mail does not wait for them
};

/// Decides again what others' messages make a question of: a copy of what another mailbox tracks,
/// an answer this mailbox ignored because what it answers was not stored yet, a stored answer whose
/// thread says better what it is about, attachments that a scanner had held back. Ignored items are
/// found by a search, since nothing is kept by which they could be asked for. What that stores may
/// have copies and answers of its own.
boost::asio::awaitable<RevisitReport> revisit(const TurnContext& context);

} // namespace crmsync::sync
