#pragma once

#include "base/timestamp.hpp"
#include "pg/params.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::pg {

/// What PostgreSQL writes for a value in text format (ISO dates, hexadecimal bytea), read back.
/// Nothing when the text is no such value.

/// "2026-03-02 09:15:00.25+00", also with a year before 1 ("BC") or up to 32767.
std::optional<Timestamp> timestamp_from(std::string_view text);

/// "\x00ff"
std::optional<Bytes> bytes_from(std::string_view text);

/// The elements of a one-dimensional array, "{a,\"b c\"}". A null element is no string.
std::optional<std::vector<std::string>> elements_from(std::string_view text);

} // namespace crmsync::pg
