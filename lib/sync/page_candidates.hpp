#pragma once

#include "match/circumstances.hpp"
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
                     const std::map<std::string, KnownItem>& known,
                     const match::Circumstances& circumstances);

/// Of items that share their Message-ID with another stored message: what else is stored under it.
boost::asio::awaitable<void> find_same_messages(pg::Connection& connection,
                                                const std::vector<const Item*>& items,
                                                Candidates& found);

/// The Message-ID of an item, where its message is not stored: it may be by the time of the commit.
std::optional<std::string> unstored_message(const Item& item, const Candidates& candidates);

} // namespace crmsync::sync
