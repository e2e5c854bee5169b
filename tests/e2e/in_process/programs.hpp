#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <random>
#include <string>

namespace crmsync::test {

/// How many random programs of how many steps at most a property is tried with: a few, or many
/// where everything is asked for; a third of them where the provider is in doubt (CRMSYNC_SIM).
/// RC_PARAMS as it is printed repeats a run.
inline void choose_programs(int steps, int few, int many)
{
    if (std::getenv("RC_PARAMS"))
        return;
    const bool full = std::getenv("CRMSYNC_FULL") != nullptr;
    const int programs = full ? many : few;
    const int tried = std::getenv("CRMSYNC_SIM") ? (programs + 2) / 3 : programs;
    const std::string params =
        fmt::format("seed={} max_size={} max_success={}{}", std::random_device{}(), steps, tried,
                    full ? "" : " noshrink=1");
    setenv("RC_PARAMS", params.c_str(), 1);
    fmt::print("RC_PARAMS='{}'\n", params);
}

} // namespace crmsync::test
