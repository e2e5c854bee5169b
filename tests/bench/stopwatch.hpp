#pragma once

#include <ctime>

namespace crmsync::bench {

/// Processor time of this process: what other programs do at the same time changes it little.
inline double processor_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

} // namespace crmsync::bench
