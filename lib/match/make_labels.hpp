#pragma once

#include "model/label.hpp"

#include <vector>

namespace crmsync::match {

/// The labels of these records, in their order: comma and semicolon become a space (older Outlook
/// splits names there, G-164), 64 characters at most, the number appended where the name alone
/// would stand for two. A record that cannot be told from an earlier one has none.
std::vector<Label> make_labels(const std::vector<LabelledRecord>& records);

} // namespace crmsync::match
