#include "base/failure.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "print.hpp"
#include "store/mailboxes.hpp"

#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;

namespace {

asio::awaitable<int> remove(pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Mailboxes mailboxes(pool);
    const std::optional<store::RemovedMailbox> removed = co_await mailboxes.remove(mailbox.id);
    if (!removed)
        throw Failure(Reaction::stop, "mailbox.unknown",
                      "the mailbox was removed by somebody else meanwhile");
    print_line(std::cout,
               fmt::format(
                   "removed {}: {} links, {} decisions, {} owed writes; its activities stay",
                   mailbox.address.text, removed->links, removed->decisions, removed->write_backs));
    co_return 0;
}

} // namespace

void add_mailbox_remove(CLI::App& mailbox, Invocation& invocation)
{
    add_on_mailbox(mailbox, invocation, "remove", "Forget the mailbox; its activities stay", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return remove(pool, std::move(named));
                   });
}

} // namespace crmsync
