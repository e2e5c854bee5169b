#pragma once

#include "settings/mistakes.hpp"

#include <string>
#include <vector>

namespace crmsync::settings {

/// privacy.never_folders: well-known names the service learns, or paths.
void check_never_folders(const std::vector<std::string>& folders, Mistakes& mistakes);

} // namespace crmsync::settings
