#pragma once

#include "settings/mistakes.hpp"
#include "settings/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::settings {

struct Parsed {
    Settings settings;
    std::vector<std::string> keys; ///< every key that was looked for, "section.key", sorted
};

/// TOML to Settings: types, and that there is nothing else in the file. What must hold between the
/// values is check()'s business.
Parsed parse(std::string_view text, Mistakes& mistakes);

} // namespace crmsync::settings
