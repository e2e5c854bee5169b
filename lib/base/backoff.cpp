#include "base/backoff.hpp"

#include <algorithm>
#include <cstdint>

namespace crmsync {

std::chrono::milliseconds backoff(int attempt, double jitter,
                                  std::optional<std::chrono::milliseconds> advice,
                                  BackoffLimits limits)
{
    auto delay = std::min(limits.first, limits.longest);
    for (int i = 1; i < attempt && delay < limits.longest; ++i)
        delay = std::min(delay * 2, limits.longest);

    const double half = static_cast<double>(delay.count()) / 2;
    const double spread = half + half * std::clamp(jitter, 0.0, 1.0);
    delay = std::chrono::milliseconds(static_cast<std::int64_t>(spread));
    return advice ? std::max(delay, *advice) : delay;
}

} // namespace crmsync
