#pragma once

#include "store/folders.hpp"
#include "sync/page_handler.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <vector>

namespace crmsync::sync {

/// Answers what the categories found ask for: owed writes, between two pages of a search.
using Answer = std::function<boost::asio::awaitable<void>()>;

/// Where folders are to be read from nothing, what carries a category of ours is sought and
/// answered before, in the whole mailbox: tags have waited longest. Done once; a mailbox that does
/// not search so (G-168) goes without, and its tags are found folder by folder.
///
/// Says whether the load is under way.
boost::asio::awaitable<bool> begin_first_load(const TurnContext& context, Answer answer,
                                              PageReport& report);

/// At the end of a turn: how many items were answered in it, and whether all folders were read.
boost::asio::awaitable<void> note_first_load(const TurnContext& context, int answered, bool ended);

/// Asks how much the folders hold of which that is not known yet.
boost::asio::awaitable<void> count_folders(const TurnContext& context,
                                           std::vector<store::FolderState*> folders);

} // namespace crmsync::sync
