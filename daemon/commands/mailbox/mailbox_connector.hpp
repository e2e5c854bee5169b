#pragma once

#include "command_run.hpp"
#include "model/mailbox.hpp"
#include "providers.hpp"

#include <memory>

namespace crmsync {

/// A mailbox at its provider, for a command that has more to do than to ask there. Only this
/// provider's credentials are read. Throws UsageError or Failure where it cannot be opened.
class MailboxConnector {
public:
    MailboxConnector(CommandRun& command, const Mailbox& mailbox);

    Connector& operator*() { return *connector_; }

private:
    std::unique_ptr<Providers> providers_;
    std::unique_ptr<Connector> connector_; // asks through `providers_`
};

} // namespace crmsync
