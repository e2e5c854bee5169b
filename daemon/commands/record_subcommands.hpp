#pragma once

#include "command.hpp"

namespace crmsync {

// What `crmsync record` can do, where it is more than a few lines.
void add_record_close(CLI::App& record, Invocation& invocation);
void add_record_pin(CLI::App& record, Invocation& invocation);

} // namespace crmsync
