#pragma once

#include "source_text.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::lint {

/// Files that a page names in back quotes and that are not there. A name may leave out the folders
/// it begins with; one with a placeholder in it stands for no file.
///
/// \param tree the paths of all files, counted from the root.
std::vector<Finding> check_page(const std::string& file, std::string_view page,
                                const std::set<std::string>& tree);

} // namespace crmsync::lint
