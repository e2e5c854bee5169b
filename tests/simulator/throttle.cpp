#include "simulator/throttle.hpp"

namespace crmsync::sim {

std::optional<long> Throttle::count(const std::string& mailbox, Timestamp now)
{
    Use& use = of(mailbox);
    while (!use.seconds.empty() && use.seconds.front().first + window <= now) {
        use.counted -= use.seconds.front().second;
        use.seconds.pop_front();
    }
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (use.seconds.empty() || use.seconds.back().first < second)
        use.seconds.emplace_back(second, 0);
    ++use.seconds.back().second;
    if (++use.counted <= in_window)
        return std::nullopt;
    const auto wait = use.seconds.front().first + window - now;
    return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(wait).count());
}

} // namespace crmsync::sim
