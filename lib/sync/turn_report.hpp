#pragma once

#include "base/failure.hpp"
#include "base/timestamp.hpp"
#include "sync/page_handler.hpp"
#include "sync/untrack_release.hpp"
#include "sync/write_back_drain.hpp"

#include <optional>

namespace crmsync::sync {

struct TurnReport {
    PageReport pages;
    DrainReport writes;
    UntrackReport untracks;
    int folders = 0;
    int unread_folders = 0;          ///< could not be read, or are left out for a while
    bool categories_missing = false; ///< ours could not be put into the mailbox's list
    bool renaming = false;           ///< items still get the present names of our categories
    bool more_to_do = false;         ///< a backlog is left: the mailbox is not caught up
    bool first_pass_ended = false;   ///< it is, for the first time
    bool owes = false;               ///< categories that could not be written yet
    std::optional<Timestamp> due_at; ///< when the mailbox is to be looked at without news
    /// The folder tree could not be read: the turn has failed, but the folders that were known from
    /// before were read.
    std::optional<Failure> tree_failure;
    /// The provider asked to wait before everything was done: the turn has failed, but what had
    /// arrived is stored, and answered as far as that was possible.
    std::optional<Failure> put_off;
    /// Writing failed, reading did not: the turn has failed, but everything was read.
    std::optional<Failure> write_failure;
};

} // namespace crmsync::sync
