#include "commands/mailbox/mailbox_connector.hpp"

namespace crmsync {

MailboxConnector::MailboxConnector(CommandRun& command, const Mailbox& mailbox)
{
    Settings only_this = command.settings();
    std::erase_if(only_this.providers, [&](const Settings::Provider& provider) {
        return provider.name != mailbox.provider;
    });
    providers_ = std::make_unique<Providers>(command.io().get_executor(), command.clock(),
                                             command.metrics(), only_this);
    connector_ = providers_->open(mailbox);
}

} // namespace crmsync
