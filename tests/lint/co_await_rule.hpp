#pragma once

#include "source_text.hpp"

namespace crmsync::lint {

/// A statement with `co_await` holds no `{`, no `?:` and no lambda: the temporaries they make are
/// destroyed twice by the coroutines of g++ 12 (and of others of the family). Name the value in
/// the statement above, then move it.
///
/// The brace that opens the block of an `if`, `for`, `while` or `switch` belongs to the block. What
/// stands inside the body of a lambda belongs to its own statements.
std::vector<Finding> check_co_await(const std::string& file, std::string_view source);

} // namespace crmsync::lint
