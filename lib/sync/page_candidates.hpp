#pragma once

#include "model/candidates.hpp"
#include "model/item.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::sync {

/// What the CRM knows about the items of a page: one question for all of them. Of items that only
/// another mailbox could have tracked no more than that is asked first.
boost::asio::awaitable<Candidates>
find_page_candidates(const TurnContext& context, const std::vector<Item>& items,
                     const std::map<std::string, KnownItem>& known);

/// The Message-ID of an item, where its message is not stored: it may be by the time of the commit.
std::optional<std::string> unstored_message(const Item& item, const Candidates& candidates);

} // namespace crmsync::sync
