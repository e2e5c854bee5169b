#pragma once

#include "store/due_work.hpp"
#include "sync/category_list.hpp"
#include "sync/folder_reader.hpp"
#include "sync/turn_context.hpp"
#include "sync/turn_report.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace crmsync::sync {

/// The line, for one mailbox, once: the folder tree, the news of every folder until caught up, what
/// was parked, what a person took off, and the categories that are owed. A long backlog is left for
/// further turns, so that new mail and other mailboxes are not kept waiting behind it; those ask
/// for news again before they go on.
class MailboxTurn {
public:
    explicit MailboxTurn(const TurnContext& context) : context_(context), reader_(context, report_)
    {}

    boost::asio::awaitable<TurnReport> run();

private:
    boost::asio::awaitable<void> run_line();
    bool list_is_due() const;
    boost::asio::awaitable<store::FolderTree> folders_now();
    boost::asio::awaitable<bool> is_first_load(const store::FolderTree& tree);
    boost::asio::awaitable<void> read_folders(std::vector<store::FolderState> folders);
    /// What is new in folders that were read before, and which items have changed in the others.
    boost::asio::awaitable<void> ask_for_news(std::vector<Reading*> settled,
                                              std::vector<Reading*>& behind);
    boost::asio::awaitable<void> ask(std::vector<Reading*> readings, std::vector<Reading*>& behind);
    boost::asio::awaitable<void> read_backlog(std::vector<Reading*> behind);
    /// The next page of a folder that is behind.
    boost::asio::awaitable<bool> read_on(Reading& reading);
    boost::asio::awaitable<store::DueWork> what_is_due();
    boost::asio::awaitable<void> do_what_is_due(std::optional<CategoryCheck>& list);
    boost::asio::awaitable<void> write_back();
    boost::asio::awaitable<void> end_pass();

    const TurnContext& context_;
    TurnReport report_;
    FolderReader reader_;
    bool goes_on_ = false; ///< with the backlog of the turn before, which has just asked for news
};

} // namespace crmsync::sync
