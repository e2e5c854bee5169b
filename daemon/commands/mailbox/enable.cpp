#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "print.hpp"
#include "store/mailboxes.hpp"

#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;

namespace {

asio::awaitable<int> set_state(pg::Pool& pool, MailboxArgument named, MailboxState state)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Mailboxes mailboxes(pool);
    co_await mailboxes.set_state(mailbox.id, state);
    print_line(std::cout, fmt::format("{} {}", to_string(state), mailbox.address.text));
    co_return 0;
}

} // namespace

void add_mailbox_enable(CLI::App& mailbox, Invocation& invocation)
{
    add_on_mailbox(mailbox, invocation, "enable", "Follow it from now on", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return set_state(pool, std::move(named), MailboxState::enabled);
                   });
    add_on_mailbox(mailbox, invocation, "disable", "Stop following it; nothing is deleted", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return set_state(pool, std::move(named), MailboxState::disabled);
                   });
}

} // namespace crmsync
