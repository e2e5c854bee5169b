#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

struct CsvRow {
    std::int64_t line = 0; ///< where it begins in the file, from 1
    std::vector<std::string> fields;
    std::string broken; ///< why it is no row: empty for a good one
};

/// Rows of a CSV text (RFC 4180): commas, quotes doubled inside quotes, line breaks inside quotes,
/// CRLF or LF, an optional byte order mark. Empty lines are skipped. A broken row never swallows
/// the ones behind it: an unclosed quote ends at the end of its line.
std::vector<CsvRow> read_csv(std::string_view text);

} // namespace crmsync::store
