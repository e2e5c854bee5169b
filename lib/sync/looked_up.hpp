#pragma once

#include "store/folders.hpp"
#include "sync/page_handler.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace crmsync::sync {

/// Which folders of a mailbox are never tracked, as the settings say.
match::FolderVerdicts verdicts_of(const store::FolderTree& tree, const match::Policy& policy);

/// A folder, as the decisions about its items need to know it.
PageSource source_of(const store::FolderState& folder, const match::FolderVerdicts& verdicts);

/// Where an item lies, as its folder's own page would say it: whose wish a tag is depends on when
/// the folder was last read to its end, and sent items have rules of their own.
PageSource source_of(const Item& item, const store::FolderTree& tree,
                     const match::FolderVerdicts& verdicts);

/// Decides and stores items that were looked up by themselves and not told by their folder: a
/// parked one that is due, one whose write met a conflict, one whose category is there after all.
/// A change without item is one that was not found. `revisited`: see PageSource.
boost::asio::awaitable<PageReport>
handle_looked_up(const TurnContext& context, std::vector<Change> changes, bool revisited = false);

} // namespace crmsync::sync
