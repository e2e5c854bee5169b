#pragma once

#include "base/failure.hpp"
#include "store/folders.hpp"
#include "sync/page_handler.hpp"
#include "sync/turn_context.hpp"
#include "sync/untrack_release.hpp"
#include "sync/write_back_drain.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace crmsync::sync {

struct TurnReport {
    PageReport pages;
    DrainReport writes;
    UntrackReport untracks;
    int folders = 0;
    int unread_folders = 0;             ///< could not be read, or are left out for a while
    bool categories_missing = false;    ///< ours could not be put into the mailbox's list
    bool more_to_do = false;            ///< a backlog is left: the mailbox is not caught up
    bool first_pass_ended = false;      ///< it is, for the first time
    std::optional<Timestamp> owed_at;   ///< when the next owed write is due
    std::optional<Timestamp> parked_at; ///< when the next parked item is
    /// The folder tree could not be read: the turn has failed, but the folders that were known from
    /// before were read.
    std::optional<Failure> tree_failure;
    /// Writing failed, reading did not: the turn has failed, but everything was read.
    std::optional<Failure> write_failure;
};

/// The line, for one mailbox, once: the folder tree, the news of every folder until caught up, what
/// was parked, what a person took off, and the categories that are owed. A long backlog is left for
/// further turns, so that new mail and other mailboxes are not kept waiting behind it.
class MailboxTurn {
public:
    explicit MailboxTurn(const TurnContext& context) : context_(context), pages_(context) {}

    boost::asio::awaitable<TurnReport> run();

private:
    boost::asio::awaitable<store::FolderTree> refresh_tree();
    boost::asio::awaitable<FolderChanges> ask_for_tree(Cursor cursor, bool& whole);
    /// A folder and what of it was seen in this turn.
    struct Reading {
        store::FolderState folder;
        std::set<std::string> links{}; ///< asked with: one that comes again leads nowhere
        bool begun_anew = false;
        /// The stored cursor is where the round began.
        bool keeps_cursor = !folder.cursor.value.empty() && !folder.mid_round;
    };
    boost::asio::awaitable<void> read_folders(std::vector<store::FolderState> folders);
    boost::asio::awaitable<void> read_backlog(std::vector<Reading*> behind);
    /// Handles one answer; true when the folder is not caught up yet (its cursor has moved on).
    boost::asio::awaitable<bool> take(Reading& reading, PageAnswer answer, Timestamp asked_at);
    /// The next page of a folder that is behind.
    boost::asio::awaitable<bool> read_on(Reading& reading);
    boost::asio::awaitable<bool> take_page(Reading& reading, Page page, Timestamp asked_at);
    boost::asio::awaitable<bool> begin_anew(Reading& reading);
    boost::asio::awaitable<void> forget_cursor(Reading& reading);
    /// The folder is left out for a while, longer each time; the others go on.
    boost::asio::awaitable<void> leave_out(Reading& reading, FolderRefused refused);
    boost::asio::awaitable<void> caught_up(Reading& reading);
    boost::asio::awaitable<void> keep_passed();
    boost::asio::awaitable<void> write_back();

    const TurnContext& context_;
    PageHandler pages_;
    /// How far folders were read past pages without news: most folders of a new mailbox. Kept
    /// together, at the end.
    std::map<FolderId, Progress> passed_;
    TurnReport report_;
};

/// Folders in the order they are read: where live mail comes and goes first.
void order_for_reading(std::vector<store::FolderState>& folders);

} // namespace crmsync::sync
