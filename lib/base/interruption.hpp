#pragma once

#include <functional>
#include <string_view>

namespace crmsync {

/// Called at every point where a crash could separate two effects: before a request goes out,
/// after an answer came in, before and after each round trip to the database. Empty outside tests;
/// tests count the steps, stop the program at one of them and start it again.
using StepHook = std::function<void(std::string_view step)>;

} // namespace crmsync
