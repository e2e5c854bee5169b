#include "base/failure.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_json.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "print.hpp"
#include "store/folders.hpp"
#include "store/leases.hpp"

#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;

namespace {

/// Whether the latest turn ended because the provider said how long it wants the mailbox left
/// alone, and the next one is still to come.
bool is_paused(const Mailbox& mailbox, Timestamp now)
{
    const std::string failure = mailbox.last_failure.value_or("");
    return failure.starts_with("graph.throttled:") && mailbox.next_pass_at > now;
}

asio::awaitable<int> sync_now(CommandRun& command, pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    if (mailbox.state != MailboxState::enabled && mailbox.state != MailboxState::stopped)
        throw Failure(Reaction::stop, "mailbox.not_enabled",
                      "the mailbox " + mailbox.address.text + " is " +
                          std::string(to_string(mailbox.state)) + "; crmsync mailbox enable first");
    if (is_paused(mailbox, command.clock().now())) {
        // Nothing would be asked before, and the attempt would count as one more that failed.
        print_line(std::cout,
                   fmt::format("not woken {}: its provider asked for a pause; it is read at {}",
                               mailbox.address.text, time_or(mailbox.next_pass_at, "")));
        co_return 0;
    }
    store::Leases leases(pool);
    co_await leases.wake(mailbox.id);
    print_line(std::cout, "woken " + mailbox.address.text);
    co_return 0;
}

asio::awaitable<int> resync(pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Folders folders(pool);
    co_await folders.forget_all_cursors(mailbox.id);
    store::Leases leases(pool);
    co_await leases.wake(mailbox.id);
    print_line(std::cout,
               "cursors forgotten; every folder of " + mailbox.address.text + " is read again");
    co_return 0;
}

} // namespace

void add_mailbox_sync(CLI::App& mailbox, Invocation& invocation)
{
    add_on_mailbox(mailbox, invocation, "sync",
                   "Wake it now, unless its provider asked for a pause: then say until when", false,
                   [](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool) {
                       return sync_now(run, pool, std::move(named));
                   });
    add_on_mailbox(mailbox, invocation, "resync",
                   "Forget its cursors and read it again; no duplicates, no untracks", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return resync(pool, std::move(named));
                   });
}

} // namespace crmsync
