#pragma once

#include "live/tenant.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace crmsync::live {

constexpr bool private_message = true;

/// A folder of our own in the mailbox, with the messages that questions are asked about. Only what
/// was made here is ever written to or taken away.
class Desk {
public:
    explicit Desk(Tenant& tenant) : tenant_(tenant) {}

    boost::asio::awaitable<void> open();
    /// Takes everything away for good. What cannot be is named on standard error.
    boost::asio::awaitable<void> clear();

    Tenant& tenant() { return tenant_; }

    /// Makes a message (a draft) with an extended property; its id.
    boost::asio::awaitable<std::string> message(bool is_private = false);
    /// Adds a name to the mailbox's master list; the status of the answer.
    boost::asio::awaitable<int> category(std::string name);
    /// Takes the names that were added off the list again.
    boost::asio::awaitable<void> clear_categories();
    std::string folder_path() const { return "/mailFolders/" + folder_; }
    boost::asio::awaitable<Reply> write_categories(std::string id, std::vector<std::string> names,
                                                   net::Headers headers = {});
    boost::asio::awaitable<std::vector<std::string>> categories_of(std::string id);
    /// The link for the changes of the folder from now on; empty where there is none.
    boost::asio::awaitable<std::string> read_to_the_end();
    /// A message's row in the rounds from there on. A change may take a while to show (G-68).
    boost::asio::awaitable<std::optional<boost::json::object>> row_of(std::string link,
                                                                      std::string id);
    /// A message that was sent, once it is in Sent Items; notes the copy that came back, too.
    boost::asio::awaitable<std::optional<boost::json::object>> sent_copy(std::string id);

private:
    boost::asio::awaitable<void> note_copies(std::string message_id);

    Tenant& tenant_;
    std::string folder_;
    std::set<std::string> messages_;
    std::set<std::string> categories_; ///< ids in the master list
};

} // namespace crmsync::live
