#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// One parser a file: it gets whatever bytes there are, must neither crash nor throw what it does
// not announce, and must keep the promises stated with must(). The name is libFuzzer's:
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace crmsync::fuzz {

/// Ends the program where a promise does not hold: the way a fuzzer learns of it.
inline void must(bool held, const char* promise)
{
    if (held)
        return;
    std::fprintf(stderr, "a promise does not hold: %s\n", promise);
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

} // namespace crmsync::fuzz
