#pragma once

#include "match/weighing.hpp"

#include <optional>
#include <string>
#include <vector>

// Which labels an item has been read with: what is not among them when it is read again, somebody
// has set since. Not for use outside this folder.
namespace crmsync::match {

/// What an item's decision leaves to remember of its labels. Of an item that was never tracked
/// nothing is kept: what it is read with is answered, or taken off.
std::optional<std::vector<std::string>> labels_read(const Decision& decision, const Case& c);

} // namespace crmsync::match
