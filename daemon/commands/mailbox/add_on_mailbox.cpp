#include "commands/mailbox/add_on_mailbox.hpp"

#include <memory>

namespace crmsync {

CLI::App* add_on_mailbox(CLI::App& parent, Invocation& invocation, const char* name,
                         const char* help, bool reads, OnMailbox action)
{
    CLI::App* command = parent.add_subcommand(name, help);
    auto named = std::make_shared<MailboxArgument>();
    command->add_option("ADDRESS", named->address, "Of the mailbox")->type_name("")->required();
    add_provider_option(*command, named->provider);
    if (reads)
        command->add_flag("--json", invocation.json, "Print JSON");
    command->footer(std::string("Example: crmsync mailbox ") + name + " ann@contoso.example");
    command->callback([&invocation, named, action] {
        invocation.action = [&invocation, named, action] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(action(run, pool, *named, invocation.json));
        };
    });
    return command;
}

} // namespace crmsync
