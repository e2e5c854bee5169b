#pragma once

#include "source_text.hpp"

namespace crmsync::lint {

/// Arrows between folders point down only; the picture is in lib/README.md. The linker keeps that
/// true for functions, this rule for headers.
///
/// \param file relative to the source folder: "lib/net/http.cpp", "daemon/main.cpp".
std::vector<Finding> check_includes(const std::string& file, std::string_view source);

} // namespace crmsync::lint
