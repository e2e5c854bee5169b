#pragma once

#include <string_view>

namespace crmsync {

/// Exchange's own names of internal or deleted people: "/O=EXCHANGELABS/OU=…/CN=…", with or without
/// "EX:" before it (G-118). `folded`: by fold().
bool is_x500(std::string_view folded);

} // namespace crmsync
