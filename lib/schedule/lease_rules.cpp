#include "schedule/lease_rules.hpp"

#include <algorithm>

namespace crmsync::schedule {

bool may_work(std::optional<Timestamp> heartbeat_asked, Timestamp now, const LeaseTimes& times)
{
    return heartbeat_asked && now < *heartbeat_asked + times.ttl - times.margin;
}

Timestamp next_heartbeat(std::optional<Timestamp> heartbeat_asked, Timestamp now,
                         const LeaseTimes& times)
{
    if (!heartbeat_asked)
        return now;
    return std::max(now, *heartbeat_asked + times.renew);
}

int claim_size(int held, int capacity)
{
    constexpr int at_once = 50;
    return std::clamp(capacity - held, 0, at_once);
}

} // namespace crmsync::schedule
