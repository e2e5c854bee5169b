#pragma once

#include "store/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

struct RecordFile {
    std::vector<RecordRow> rows;
    std::vector<RefusedRow> refused; ///< rows that are none, with the line and the reason
};

/// The record types of this version.
bool is_record_type(std::string_view type);

/// Rows of a CSV file with a header line (PRODUCT section 8, "Records by CSV"). A column that is
/// not there leaves what is stored; an empty field clears it. Throws UsageError when the header
/// lacks external_id or name, or names a column twice.
RecordFile read_record_csv(std::string_view text, const std::string& type);

} // namespace crmsync::store
