#pragma once

#include <string>
#include <string_view>

namespace crmsync::graph {

/// The answer to a batch of writes, with every part's body cut down to its error. Graph sends whole
/// messages back even where a minimal answer was asked for; their text is passed over unread, so
/// that nothing of an item nobody decided for is ever held as a value.
///
/// Empty for what is no such answer, and for one that was cut off.
std::string without_successful_bodies(std::string_view answer);

} // namespace crmsync::graph
