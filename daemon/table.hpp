#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace crmsync {

/// Rows as aligned columns under a header line, for people.
void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows);

} // namespace crmsync
