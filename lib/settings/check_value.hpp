#pragma once

#include "settings/mistakes.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::settings {

/// One of these words; false and a mistake otherwise.
bool check_word(Mistakes& mistakes, std::string_view key, const std::string& value,
                const std::vector<std::string>& words);

/// From `least` to `most`.
void check_range(Mistakes& mistakes, std::string_view key, std::int64_t value, std::int64_t least,
                 std::int64_t most);

/// "contoso.example"; no "@", scheme, wildcard or blank.
bool is_domain(std::string_view text);

/// "pdf", "tar.gz"; no dot in front.
bool is_file_ending(std::string_view text);

} // namespace crmsync::settings
