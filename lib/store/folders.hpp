#pragma once

#include "base/timestamp.hpp"
#include "model/folder.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// Why a folder could not be read, as long as that lasts.
struct FolderTrouble {
    std::string failure; ///< stable name; empty: none
    int attempts = 0;
    std::optional<Timestamp> next_attempt_at;
};

/// A folder and how far it has been read.
struct FolderState {
    Folder folder;
    Cursor cursor; ///< empty: from nothing, also after the query changed
    /// When a round was last read to its end, by the provider's clock, as all times of its items.
    std::optional<Timestamp> round_done_at;
    bool mid_round = false;                ///< the cursor leads to the next page of a round
    bool from_beginning = false;           ///< the round under way reads the whole folder
    bool missed_first_pass = false;        ///< of the mailbox; its first round is one of its own
    std::optional<Timestamp> dirty_at;     ///< the latest change a look at the mailbox showed
    bool counted = false;                  ///< how much it holds was asked
    std::optional<Timestamp> read_back_to; ///< by the round that reads the whole folder
    FolderTrouble trouble;
};

/// What is known of a mailbox's folder tree.
struct FolderTree {
    Cursor cursor; ///< of the tree itself
    std::vector<FolderState> folders;
};

/// A folder as `mailbox show` tells of it.
struct FolderShown {
    std::string name;
    WellKnown well_known = WellKnown::none;
    std::optional<Timestamp> round_done_at;
    std::int64_t links = 0; ///< linked items that lie in it
    FolderTrouble trouble;  ///< without the attempts
};

/// sync.folder: the folder tree of each mailbox and a cursor per folder.
class Folders {
public:
    explicit Folders(pg::Pool& pool) : pool_(pool) {}

    /// A cursor that was made by another query than `query_version` comes back empty: it would go
    /// on with the old list of properties.
    boost::asio::awaitable<FolderTree> tree(MailboxId mailbox, int query_version);

    /// For people, by name.
    boost::asio::awaitable<std::vector<FolderShown>> shown(MailboxId mailbox);

    /// Folders that came, changed or went, and the tree's new cursor, under the fence. `complete`:
    /// `present` is the whole tree, what is missing from it is gone.
    boost::asio::awaitable<void> apply(Fence fence, FolderChanges changes, int query_version,
                                       bool complete);

    /// Linked items that were last seen in one of these folders.
    boost::asio::awaitable<std::vector<std::string>> linked_items(MailboxId mailbox,
                                                                  std::vector<FolderId> folders);

    /// One folder is to be read again from nothing (410).
    boost::asio::awaitable<void> forget_cursor(Fence fence, FolderId folder);
    /// The mailbox's first pass ends: of folders that were not read to their end it is noted.
    boost::asio::awaitable<void> mark_missed(Fence fence);

    /// What keeps a folder from being read, or that nothing does any more.
    boost::asio::awaitable<void> set_trouble(Fence fence, FolderId folder, FolderTrouble trouble);

    /// All folders and the tree are to be read again; staged untracks are dropped, since what
    /// staged them will be seen again. Takes the lease from its holder, whose page under way would
    /// put a cursor back; wake the mailbox afterwards.
    boost::asio::awaitable<void> forget_all_cursors(MailboxId mailbox);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
