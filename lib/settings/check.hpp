#pragma once

#include "settings/mistakes.hpp"
#include "settings/settings.hpp"

namespace crmsync::settings {

/// What must hold in and between the values. Each mistake names the key to change.
///
/// \param database_from_environment then a password may be in its address.
void check(const Settings& settings, bool database_from_environment, Mistakes& mistakes);

} // namespace crmsync::settings
