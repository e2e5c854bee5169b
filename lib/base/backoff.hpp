#pragma once

#include <chrono>
#include <optional>

namespace crmsync {

struct BackoffLimits {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds longest{300'000};
};

/// The delay before the next attempt. Doubles from `first` up to `longest`; `jitter` in [0, 1)
/// spreads it over the upper half, so that many clients do not return together. The server's
/// advice, where there is one, is a lower bound.
///
/// \param attempt 1 for the first failure.
std::chrono::milliseconds backoff(int attempt, double jitter,
                                  std::optional<std::chrono::milliseconds> advice,
                                  BackoffLimits limits = {});

} // namespace crmsync
