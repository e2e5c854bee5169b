#pragma once

#include "model/folder.hpp"
#include "store/folders.hpp"
#include "sync/page_handler.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::sync {

/// Looks at every linked item in folders that are about to be forgotten: nobody tells of it any
/// more, whether it went with its folder or lies elsewhere now. To be done before the change of the
/// tree is stored, so that it is done again where the turn ends in between. `complete`: what
/// `changes` does not name is gone as well.
boost::asio::awaitable<PageReport> look_into_removed_folders(const TurnContext& context,
                                                             const store::FolderTree& known,
                                                             const FolderChanges& changes,
                                                             bool complete);

} // namespace crmsync::sync
