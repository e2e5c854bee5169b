#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::settings {

/// The word a person most likely meant; nothing when none is near. Upper and lower case and `-`
/// for `_` count as nothing, a letter left out, added, changed or two swapped as one.
/// Failing that, a word that the given one is a part of.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& words);

} // namespace crmsync::settings
