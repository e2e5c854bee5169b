#pragma once

#include "settings/mistakes.hpp"
#include "settings/settings.hpp"

#include <vector>

namespace crmsync::settings {

/// Each provider by itself, and their names among each other. Reads the files they name.
void check_providers(const std::vector<Settings::Provider>& providers, Mistakes& mistakes);

} // namespace crmsync::settings
