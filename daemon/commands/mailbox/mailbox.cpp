#include "commands/mailbox/mailbox_subcommands.hpp"

namespace crmsync {

void add_mailbox_commands(CLI::App& app, Invocation& invocation)
{
    CLI::App* mailbox = app.add_subcommand("mailbox", "Mailboxes the service follows");
    mailbox->require_subcommand(0, 1);
    mailbox->footer("Example: crmsync mailbox list");
    add_mailbox_add(*mailbox, invocation);
    add_mailbox_list(*mailbox, invocation);
    add_mailbox_show(*mailbox, invocation);
    add_mailbox_set(*mailbox, invocation);
    add_mailbox_enable(*mailbox, invocation);
    add_mailbox_test(*mailbox, invocation);
    add_mailbox_sync(*mailbox, invocation);
    add_mailbox_remove(*mailbox, invocation);
}

} // namespace crmsync
