#pragma once

#include <string_view>

namespace crmsync::test {

/// For a test that has to return since this machine lacks what it needs: says so, and has the
/// program end with skipped_exit_code unless another of its tests fails. ctest shows it as skipped.
void note_skipped(std::string_view why);

/// As SKIP_RETURN_CODE in tests/CMakeLists.txt.
inline constexpr int skipped_exit_code = 77;

} // namespace crmsync::test
