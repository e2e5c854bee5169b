#pragma once

#include "command.hpp"

namespace crmsync {

// What `crmsync mailbox` can do, a file each.
void add_mailbox_add(CLI::App& mailbox, Invocation& invocation);
void add_mailbox_list(CLI::App& mailbox, Invocation& invocation);
void add_mailbox_show(CLI::App& mailbox, Invocation& invocation);
void add_mailbox_set(CLI::App& mailbox, Invocation& invocation);
void add_mailbox_enable(CLI::App& mailbox, Invocation& invocation); // and disable
void add_mailbox_test(CLI::App& mailbox, Invocation& invocation);
void add_mailbox_sync(CLI::App& mailbox, Invocation& invocation); // and resync
void add_mailbox_remove(CLI::App& mailbox, Invocation& invocation);

} // namespace crmsync
