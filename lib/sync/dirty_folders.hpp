#pragma once

#include "store/folders.hpp"
#include "sync/folder_choice.hpp"
#include "sync/page_handler.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace crmsync::sync {

/// What one question to the whole mailbox tells.
struct DirtyFolders {
    bool told = false; ///< false: every folder has to be asked itself
    std::set<FolderId> folders;
    std::optional<Timestamp> changed_since; ///< to be asked with next time
    std::vector<ItemKey> to_look_at;        ///< changed items of folders that cannot tell of them
    std::map<std::string, Version> seen;    ///< all of those, for the memory
};

/// Asks which folders hold something that changed since then, and which items of `untelling`
/// folders did: such a folder is being read from its beginning and tells of news at the end. Notes
/// what is new in sync.folder.dirty_at.
boost::asio::awaitable<DirtyFolders> find_dirty_folders(const TurnContext& context,
                                                        std::vector<store::FolderState*> folders,
                                                        std::set<FolderId> untelling,
                                                        Timestamp since);

/// Decides those items as they are now.
boost::asio::awaitable<PageReport> look_at_changed(const TurnContext& context,
                                                   std::vector<ItemKey> keys);

} // namespace crmsync::sync
