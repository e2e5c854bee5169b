#pragma once

#include <string_view>

namespace crmsync::pg {

/// A statement with the name it is prepared under; both are literals and end in NUL.
struct Statement {
    std::string_view name;
    std::string_view text;
};

} // namespace crmsync::pg
