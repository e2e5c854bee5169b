#pragma once

#include "match/never_folders.hpp"
#include "model/item.hpp"
#include "store/folders.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace crmsync::sync {

/// Where items come from: the page of a folder, or looks at one item each.
struct PageSource {
    std::optional<FolderId> folder; ///< nothing: items looked up wherever they are
    WellKnown well_known = WellKnown::none;
    std::optional<Timestamp> round_done_at;
    bool missed_first_pass = false; ///< it was left out of the mailbox's; this is its own
    match::Listed listed = match::Listed::no;
    bool many_left = false;   ///< more items left the folder than a person moves at a time
    bool reads_again = false; ///< the round under way reads the folder from its beginning
    bool revisited = false;   ///< something stored elsewhere, or later, asked for its items
};

/// Which folders of a mailbox are never tracked, as the settings say.
match::FolderVerdicts verdicts_of(const store::FolderTree& tree, const match::Policy& policy);

/// A folder, as the decisions about its items need to know it.
PageSource source_of(const store::FolderState& folder, const match::FolderVerdicts& verdicts);

/// Where an item lies, as its folder's own page would say it.
PageSource source_of(const Item& item, const store::FolderTree& tree,
                     const match::FolderVerdicts& verdicts);

/// Items that lie in one folder.
struct PageGroup {
    PageSource source;
    std::vector<Item> items;
};

/// Items by the folder they lie in: whose wish a tag is depends on when that was last read to its
/// end, sent items have rules of their own, and another folder may be on the never-list. What a
/// page tells lies in its folder, unless a look has shown it elsewhere since.
boost::asio::awaitable<std::vector<PageGroup>>
by_folder(const TurnContext& context, std::vector<Item> items, const PageSource& source);

} // namespace crmsync::sync
