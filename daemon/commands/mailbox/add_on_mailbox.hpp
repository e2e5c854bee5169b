#pragma once

#include "command.hpp"
#include "command_run.hpp"
#include "mailbox_lookup.hpp"

#include <functional>

namespace crmsync {

using OnMailbox =
    std::function<boost::asio::awaitable<int>(CommandRun&, pg::Pool&, MailboxArgument, bool json)>;

/// A command that takes one mailbox and nothing else. Gives it back, for further options.
CLI::App* add_on_mailbox(CLI::App& parent, Invocation& invocation, const char* name,
                         const char* help, bool reads, OnMailbox action);

} // namespace crmsync
