#pragma once

#include <string>
#include <string_view>

namespace crmsync::store {

/// A record's name, or a label typed by a person, in the form they are compared in: case-folded,
/// comma and semicolon as spaces (a category cannot hold them), white space single.
std::string label_key(std::string_view text);

} // namespace crmsync::store
