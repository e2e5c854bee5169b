#include "base/failure.hpp"
#include "command_run.hpp"
#include "commands/mailbox/mailbox_json.hpp"
#include "commands/mailbox/mailbox_subcommands.hpp"
#include "mailbox_lookup.hpp"
#include "match/effective.hpp"
#include "print.hpp"
#include "store/mailboxes.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace crmsync {

namespace asio = boost::asio;

namespace {

struct SetArguments {
    MailboxArgument mailbox;
    std::string key;
    std::string value;
};

asio::awaitable<int> set(CommandRun& command, pg::Pool& pool, SetArguments arguments,
                         bool as_json_text)
{
    if (const auto mistake =
            match::refuse_choice(arguments.key, arguments.value, command.settings()))
        throw UsageError(*mistake);
    const Mailbox mailbox = co_await find_mailbox(pool, std::move(arguments.mailbox));
    std::optional<std::string> value;
    if (arguments.value != "default")
        value = arguments.value;
    store::Mailboxes mailboxes(pool);
    const std::optional<Mailbox> now =
        co_await mailboxes.choose(mailbox.id, arguments.key, std::move(value));
    if (!now)
        throw Failure(Reaction::stop, "mailbox.unknown",
                      "the mailbox was removed by somebody else meanwhile");

    const match::EffectiveSettings effective = match::effective_settings(*now, command.settings());
    if (as_json_text) {
        print_json(std::cout, as_json(effective));
        co_return 0;
    }
    for (const match::Choice& choice : match::choices(effective))
        print_line(std::cout, fmt::format("{:12}  {} ({})", choice.key, choice.value,
                                          match::to_string(choice.layer)));
    co_return 0;
}

} // namespace

void add_mailbox_set(CLI::App& mailbox, Invocation& invocation)
{
    CLI::App* command =
        mailbox.add_subcommand("set", "Tell it something of its own; what holds then is shown");
    auto arguments = std::make_shared<SetArguments>();
    command->add_option("ADDRESS", arguments->mailbox.address, "Of the mailbox")
        ->type_name("")
        ->required();
    command->add_option("KEY", arguments->key, "mode, show_shared, sent_items or on_untrack")
        ->type_name("")
        ->required();
    command
        ->add_option("VALUE", arguments->value,
                     "As in [tracking]; default: as the configuration says")
        ->type_name("")
        ->required();
    add_provider_option(*command, arguments->mailbox.provider);
    command->add_flag("--json", invocation.json, "Print JSON");
    command->footer("A mailbox may be told less than the configuration allows, never more.\n"
                    "Example: crmsync mailbox set ann@contoso.example mode replies");
    command->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(set(run, pool, *arguments, invocation.json));
        };
    });
}

} // namespace crmsync
