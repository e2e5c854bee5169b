#pragma once

#include "sync/decided.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <variant>
#include <vector>

namespace crmsync::sync {

/// The item was read at another version than the one that was decided: decide it again.
struct Outdated {};

using Phase2 = std::variant<Fetched, Outdated, Gone, BodyRefused, Deferred>;

/// Bodies, attachment lists and the attachment contents policy lets through, of accepted items at
/// the very version that was decided; one answer per item, in order. A body of another version is
/// dropped here and never looked at.
boost::asio::awaitable<std::vector<Phase2>> fetch_accepted(const TurnContext& context,
                                                           const std::vector<Decided>& accepted);

} // namespace crmsync::sync
