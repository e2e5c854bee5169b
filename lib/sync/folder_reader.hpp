#pragma once

#include "store/folders.hpp"
#include "sync/page_handler.hpp"
#include "sync/turn_context.hpp"
#include "sync/turn_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <set>
#include <string>

namespace crmsync::sync {

/// A folder and what of it was seen in this turn.
struct Reading {
    store::FolderState folder;
    std::set<std::string> links{}; ///< asked with: one that comes again leads nowhere
    bool begun_anew = false;
    int left = 0; ///< items it told to have gone
    /// The stored cursor is where the round began.
    bool keeps_cursor = !folder.cursor.value.empty() && !folder.mid_round;
};

/// What becomes of each answer to the question what is new in a folder: a page is handled, an
/// expired cursor forgotten, a folder that cannot be read left out for a while.
class FolderReader {
public:
    FolderReader(const TurnContext& context, TurnReport& report)
        : context_(context), pages_(context), report_(report)
    {}

    /// What the never-list says of the folders to be read.
    void judge(match::FolderVerdicts verdicts) { verdicts_ = std::move(verdicts); }

    /// Handles one answer; true when the folder is not caught up yet (its cursor has moved on).
    boost::asio::awaitable<bool> take(Reading& reading, PageAnswer answer, Timestamp asked_at);

    /// Stores how far folders were read past pages without news. Lost with the turn where that
    /// fails before: then these pages are found empty once more.
    boost::asio::awaitable<void> keep_passed();

private:
    boost::asio::awaitable<bool> take_page(Reading& reading, Page page, Timestamp asked_at);
    boost::asio::awaitable<bool> begin_anew(Reading& reading);
    boost::asio::awaitable<void> forget_cursor(Reading& reading);
    /// The folder is left out for a while, longer each time; the others go on.
    boost::asio::awaitable<void> leave_out(Reading& reading, FolderRefused refused);
    boost::asio::awaitable<void> caught_up(Reading& reading);

    const TurnContext& context_;
    PageHandler pages_;
    TurnReport& report_;
    match::FolderVerdicts verdicts_;
    /// How far folders were read past pages without news: most folders of a new mailbox. Kept
    /// together, at the end.
    std::map<FolderId, Progress> passed_;
};

} // namespace crmsync::sync
