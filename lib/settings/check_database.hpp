#pragma once

#include "settings/mistakes.hpp"
#include "settings/settings.hpp"

namespace crmsync::settings {

/// Whether libpq can read the address, and whether there is a password in it.
void check_database(const Settings::Database& database, bool from_environment, Mistakes& mistakes);

} // namespace crmsync::settings
