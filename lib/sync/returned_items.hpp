#pragma once

#include "sync/page_handler.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

/// An item that left a folder and came back between two rounds is told as gone and not again until
/// it changes (G-100). Where many are told as gone each of them cannot be looked at; those that
/// came back with CRM Track are found by that. Nothing where the mailbox takes no such question.
boost::asio::awaitable<PageReport> look_for_returned(const TurnContext& context);

} // namespace crmsync::sync
