#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crmsync {

/// Case folding for comparison (Unicode default folding after NFC, by ICU): category names,
/// record names, addresses.
std::string fold(std::string_view utf8);
bool same_folded(std::string_view a, std::string_view b);

/// The form in which names of categories are compared, everywhere: cleaned, folded, without the
/// white space around them, which nobody sees.
std::string name_key(std::string_view name);
bool same_name(std::string_view a, std::string_view b);

/// Without white space at both ends.
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Valid UTF-8 without NUL, as PostgreSQL accepts it: broken sequences become U+FFFD, NUL and the
/// other C0 controls except tab, line feed and carriage return are dropped.
std::string clean_utf8(std::string_view bytes);

/// Without the characters that are not seen (Unicode's Cf: zero width, marks of direction).
std::string without_unseen(std::string_view utf8);

/// Without the white space and control characters of any script at its end.
std::string_view without_blank_end(std::string_view utf8);

/// At most `bytes` long, cut at a character boundary.
std::string_view cut_utf8(std::string_view text, std::size_t bytes);

} // namespace crmsync
