#include "base/failure.hpp"
#include "commands/mailbox/add_on_mailbox.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "match/policy.hpp"
#include "print.hpp"
#include "store/mailboxes.hpp"
#include "store/records.hpp"

#include <algorithm>
#include <iostream>

namespace crmsync {

namespace asio = boost::asio;

namespace {

struct AddArguments {
    std::string address;
    std::string provider;
    std::optional<std::string> owner;
    std::optional<std::string> mode;
};

asio::awaitable<int> add(CommandRun& command, pg::Pool& pool, AddArguments arguments)
{
    const Settings& settings = command.settings();
    const bool known =
        std::any_of(settings.providers.begin(), settings.providers.end(),
                    [&](const Settings::Provider& p) { return p.name == arguments.provider; });
    if (!known)
        throw UsageError("no [[provider]] \"" + arguments.provider + "\" in the configuration");

    store::NewMailbox mailbox;
    mailbox.address = address_argument(arguments.address);
    mailbox.provider = arguments.provider;
    if (arguments.mode) {
        mailbox.mode = parse_mode(*arguments.mode);
        if (!mailbox.mode)
            throw UsageError("--mode \"" + *arguments.mode +
                             "\" is none of manual, replies, contacts, records, all");
        if (match::effective_mode(mailbox.mode, settings) != *mailbox.mode)
            throw UsageError("--mode " + *arguments.mode + " is above tracking.ceiling_mode \"" +
                             settings.tracking.ceiling_mode + "\"");
    }

    store::Mailboxes mailboxes(pool);
    const std::string address = mailbox.address.text;
    bool added = false;
    std::string said;
    if (arguments.owner) {
        store::Records records(pool);
        mailbox.owner = co_await records.find_owner(*arguments.owner);
        if (!mailbox.owner)
            throw Failure(Reaction::stop, "record.unknown",
                          "no user or team \"" + *arguments.owner +
                              "\"; crmsync record import --type user brings users in");
        added = (co_await mailboxes.add(std::move(mailbox))).has_value();
    } else {
        const auto with_user = co_await mailboxes.add_with_user(std::move(mailbox));
        added = with_user.has_value();
        if (added && with_user->made_owner)
            said = "; made the user " + address + " as its owner";
    }
    if (!added)
        throw Failure(Reaction::stop, "mailbox.exists",
                      "the mailbox " + address + " is there already");
    print_line(std::cout, "added " + address + said + "; next: crmsync mailbox enable " + address);
    co_return 0;
}

} // namespace

void add_mailbox_add(CLI::App& mailbox, Invocation& invocation)
{
    auto arguments = std::make_shared<AddArguments>();
    CLI::App* adding =
        mailbox.add_subcommand("add", "Add a mailbox; it is not followed before it is enabled");
    adding->add_option("ADDRESS", arguments->address, "Of the mailbox")->type_name("")->required();
    adding->add_option("--provider", arguments->provider, "Name of a [[provider]]")
        ->type_name("NAME")
        ->required();
    adding
        ->add_option("--owner", arguments->owner,
                     "User or team that owns what the mailbox tracks: address or external id")
        ->type_name("USER");
    adding
        ->add_option("--mode", arguments->mode,
                     "What is tracked without a tag: manual, replies, contacts, records or all; "
                     "without it tracking.default_mode")
        ->type_name("MODE");
    adding->footer(
        "Without --owner it is the user with the mailbox's address; one is made if there is none.\n"
        "Example: crmsync mailbox add ann@contoso.example --provider contoso --mode replies");
    adding->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(add(run, pool, *arguments));
        };
    });
}

} // namespace crmsync
