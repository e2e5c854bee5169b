#pragma once

#include "sync/decided.hpp"
#include "sync/page_report.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <vector>

namespace crmsync::sync {

/// Looks at the attachments of stored items that a scanner had held back, at the version that was
/// decided now, and stores what it has let through. The body is not stored again, nor is anything a
/// person may have changed. An item that cannot be read now keeps its placeholders: it is looked at
/// again.
boost::asio::awaitable<void> settle_attachments(const TurnContext& context,
                                                std::vector<Decided> waiting);

/// Looks at these items, since the scanner tells nobody when it is done. Where an item is gone, the
/// message that was delivered in its place under the same Message-ID is looked at. A placeholder
/// that stays for a day is skipped. Says in `again` which are to be looked at once more, and when.
boost::asio::awaitable<PageReport> look_at_attachments(const TurnContext& context,
                                                       std::vector<std::string> item_ids,
                                                       std::map<std::string, Timestamp>& again);

} // namespace crmsync::sync
