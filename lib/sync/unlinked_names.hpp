#pragma once

#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace crmsync::sync {

/// Owes refused and failed items the present name of what they say, where they say it by one of
/// `names`. No link leads to them, so the mailbox is searched. True where some are owed: there may
/// be more of them. Nothing is owed where the mailbox does not search by category.
boost::asio::awaitable<bool> owe_unlinked_names(const TurnContext& context,
                                                std::vector<std::string> names);

} // namespace crmsync::sync
