#pragma once

#include "model/mailbox.hpp"
#include "pg/pool.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace crmsync {

/// A mailbox as the command line names it.
struct MailboxArgument {
    std::string address;
    std::optional<std::string> provider;
};

/// Adds `--provider` to a command, for an address that is followed at several.
CLI::Option* add_provider_option(CLI::App& command, std::optional<std::string>& provider);

/// The mailbox a command names. Throws Failure where there is none, or where several providers have
/// it and none is named.
boost::asio::awaitable<Mailbox> find_mailbox(pg::Pool& pool, MailboxArgument argument);

/// An address from the command line. Throws UsageError where it is none.
Address address_argument(const std::string& text);

} // namespace crmsync
