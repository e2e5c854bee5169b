#pragma once

#include <cstdint>
#include <string>

namespace crmsync::sync {

struct CutBody {
    std::string text;
    bool truncated = false;
    std::int64_t bytes = 0; ///< before the cut
};

/// Cuts a body at a character boundary where it is longer than `max_bytes`. Characters PostgreSQL
/// refuses are cleaned first.
CutBody cut_body(std::string body, std::int64_t max_bytes);

} // namespace crmsync::sync
