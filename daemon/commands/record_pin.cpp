#include "base/failure.hpp"
#include "command_run.hpp"
#include "commands/record_subcommands.hpp"
#include "print.hpp"
#include "record_lookup.hpp"
#include "store/labels.hpp"
#include "store/leases.hpp"

#include <iostream>
#include <memory>

namespace crmsync {

namespace asio = boost::asio;

namespace {

struct PinArguments {
    std::string record;
    std::string user;
};

[[noreturn]] void refuse(const std::string& why)
{
    throw Failure(Reaction::stop, "pin.refused", why);
}

void check_pinnable(const Record& record, const Record& user)
{
    if (may_own(record))
        refuse(spelled(record) + " is a " + record.type +
               ", and no message is about one; pin "
               "another record");
    if (record.state == RecordState::closed)
        refuse(spelled(record) + " is closed; only open records can be picked");
    if (user.state == RecordState::closed)
        refuse(spelled(user) + " is closed; name an open user or team");
}

/// The user waits for it: not with the next poll.
asio::awaitable<void> wake(pg::Pool& pool, store::PinChange change)
{
    store::Leases leases(pool);
    if (change.news && !change.mailboxes.empty())
        co_await leases.wake(std::move(change.mailboxes));
}

std::string said_of(const Record& record, const Record& user)
{
    return spelled(record) + " " + record.name + " for " + spelled(user) + " " + user.name;
}

asio::awaitable<int> pin(pg::Pool& pool, PinArguments arguments)
{
    const Record record = co_await find_record(pool, arguments.record);
    const Record user = co_await find_user(pool, arguments.user);
    check_pinnable(record, user);
    store::Labels labels(pool);
    store::PinChange change = co_await labels.pin(user.id, record.id);
    print_line(std::cout,
               (change.news ? "pinned " : "was pinned before: ") + said_of(record, user));
    co_await wake(pool, std::move(change));
    co_return 0;
}

asio::awaitable<int> unpin(pg::Pool& pool, PinArguments arguments)
{
    const Record record = co_await find_record(pool, arguments.record);
    const Record user = co_await find_user(pool, arguments.user);
    store::Labels labels(pool);
    store::PinChange change = co_await labels.unpin(user.id, record.id);
    print_line(std::cout, (change.news ? "unpinned " : "was not pinned: ") + said_of(record, user));
    co_await wake(pool, std::move(change));
    co_return 0;
}

void add_command(CLI::App& record, Invocation& invocation, const char* name, const char* what,
                 const char* footer, asio::awaitable<int> (*act)(pg::Pool&, PinArguments))
{
    CLI::App* command = record.add_subcommand(name, what);
    auto arguments = std::make_shared<PinArguments>();
    command
        ->add_option("ID", arguments->record, "Id, TYPE:EXTERNAL_ID or external id of the record")
        ->type_name("")
        ->required();
    command
        ->add_option("--user", arguments->user,
                     "User or team, by address, id, TYPE:EXTERNAL_ID or external id")
        ->type_name("USER")
        ->required();
    command->footer(footer);
    command->callback([&invocation, arguments, act] {
        invocation.action = [&invocation, arguments, act] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(act(pool, *arguments));
        };
    });
}

} // namespace

void add_record_pin(CLI::App& record, Invocation& invocation)
{
    add_command(record, invocation, "pin", "Offer a record as a category in a user's mailboxes",
                "The category can be picked on any device. Besides pinned records a mailbox offers "
                "the newest open\n"
                "opportunities and cases of its user, 20 together; the latest pin comes first.\n"
                "Example: crmsync record pin opportunity:R-2026 --user ann@contoso.example",
                pin);
    add_command(record, invocation, "unpin", "Offer it no more, unless the user owns it",
                "Messages keep the category they carry.\n"
                "Example: crmsync record unpin opportunity:R-2026 --user ann@contoso.example",
                unpin);
}

} // namespace crmsync
