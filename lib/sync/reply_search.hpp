#pragma once

#include "sync/page_handler.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

/// Answers this mailbox ignored because what they answer was not stored yet, and now is: looks for
/// them by the headers that name it and decides them again. What that stores may have answers of
/// its own.
boost::asio::awaitable<PageReport> search_replies(const TurnContext& context);

} // namespace crmsync::sync
