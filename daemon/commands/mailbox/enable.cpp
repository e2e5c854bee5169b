#include "base/deadline.hpp"
#include "base/failure.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_connector.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "print.hpp"
#include "store/installation.hpp"
#include "store/mailboxes.hpp"
#include "sync/mailbox_mark.hpp"
#include "sync/note_event.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace crmsync {

namespace asio = boost::asio;

namespace {

/// How long enabling waits for a provider. The service leaves the mark, too.
constexpr std::chrono::seconds patience{10};

asio::awaitable<void> set_state(pg::Pool& pool, const Mailbox& mailbox, MailboxState state)
{
    store::Mailboxes mailboxes(pool);
    co_await mailboxes.set_state(mailbox.id, state);
    print_line(std::cout, fmt::format("{} {}", to_string(state), mailbox.address.text));
}

/// Throws where another installation's mark is there, and nobody said to take over; where it was
/// said, also what keeps that from being done. Else the report says why there is none.
asio::awaitable<sync::MarkReport> leave_mark(CommandRun& command, const Mailbox& mailbox,
                                             std::string installation, bool take_over)
{
    sync::MarkReport report;
    try {
        MailboxConnector connector(command, mailbox);
        report = co_await within(command.clock(), patience,
                                 sync::ensure_mark(*connector, std::move(installation),
                                                   mailbox.address.text, take_over));
    } catch (const UsageError& mistake) {
        if (take_over)
            throw;
        report.not_left = mistake.what();
    } catch (const Failure& failure) {
        if (take_over || failure.name() == "mailbox.marked_elsewhere")
            throw;
        report.not_left = failure.message();
    }
    co_return report;
}

asio::awaitable<int> enable(CommandRun& command, pg::Pool& pool, MailboxArgument named,
                            bool take_over)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    store::Installation installation(pool);
    std::string ours = co_await installation.id();
    const sync::MarkReport mark = co_await leave_mark(command, mailbox, std::move(ours), take_over);
    if (!mark.taken_from.empty()) {
        boost::json::object detail;
        detail["from"] = mark.taken_from;
        co_await sync::note_event(pool, mailbox.id, "warn", "mailbox_taken_over",
                                  std::move(detail));
    }
    co_await set_state(pool, mailbox, MailboxState::enabled);
    if (!mark.not_left.empty())
        print_line(std::cout, "without the mark of this installation for now, which the service "
                              "tries to leave: " +
                                  mark.not_left);
    co_return 0;
}

asio::awaitable<int> disable(pg::Pool& pool, MailboxArgument named)
{
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(named));
    co_await set_state(pool, mailbox, MailboxState::disabled);
    co_return 0;
}

} // namespace

void add_mailbox_enable(CLI::App& mailbox, Invocation& invocation)
{
    auto take_over = std::make_shared<bool>(false);
    CLI::App* enabling =
        add_on_mailbox(mailbox, invocation, "enable", "Follow it from now on", false,
                       [take_over](CommandRun& run, pg::Pool& pool, MailboxArgument named, bool) {
                           return enable(run, pool, std::move(named), *take_over);
                       });
    enabling->add_flag("--take-over", *take_over,
                       "Also where another installation follows it; disable it there first");
    add_on_mailbox(mailbox, invocation, "disable", "Stop following it; nothing is deleted", false,
                   [](CommandRun&, pg::Pool& pool, MailboxArgument named, bool) {
                       return disable(pool, std::move(named));
                   });
}

} // namespace crmsync
