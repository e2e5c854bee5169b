#pragma once

#include <span>
#include <string_view>

namespace crmsync::sim {

/// A folder every mailbox has, with the name its users see in each of four languages.
struct DefaultFolder {
    std::string_view well_known;
    std::string_view en, de, fr, sv;
    bool hidden;
    bool outside; ///< not below the root that clients list
};

std::span<const DefaultFolder> default_folders();
std::string_view localised(const DefaultFolder& folder, std::string_view language);
/// Is it one of the names that may stand in the place of a folder's id?
bool is_well_known(std::string_view name);

/// "Red category" and its five neighbours (G-167), in the mailbox's language.
struct DefaultCategory {
    std::string_view en, de, fr, sv, color;
};
std::span<const DefaultCategory> default_categories();
std::string_view localised(const DefaultCategory& category, std::string_view language);

} // namespace crmsync::sim
