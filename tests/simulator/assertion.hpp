#pragma once

#include "base/timestamp.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

enum class AssertionFault {
    none,
    malformed,
    unknown_certificate,
    bad_signature,
    subject,
    audience,
    time
};

/// Verifies a client assertion: PS256 with x5t#S256, or the older RS256 with x5t.
AssertionFault verify_assertion(std::string_view jwt, std::string_view client_id,
                                std::string_view audience,
                                const std::vector<std::string>& certificates, Timestamp now);

} // namespace crmsync::sim
