#pragma once

#include "live/tenant.hpp"

#include <optional>
#include <string>
#include <vector>

namespace crmsync::live {

/// What Graph was asked, and what it said.
struct Answered {
    std::string name;        ///< of the simulator's switch where there is one
    std::string about;       ///< what a "yes" means
    std::optional<bool> yes; ///< nothing: it could not be found out
    std::string detail{};    ///< then why
};

/// Asks a tenant what neither documents nor reports are sure of. Makes a folder and a few messages
/// of its own in the mailbox, touches nothing else, and takes them away for good at the end, also
/// where a question fails. `sends`: one message is sent from the mailbox to itself. Throws
/// std::runtime_error where not even the folder can be made.
boost::asio::awaitable<std::vector<Answered>> ask_all(Tenant& tenant, bool sends);

} // namespace crmsync::live
