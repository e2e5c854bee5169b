#pragma once

#include "base/metrics.hpp"

namespace crmsync::schedule {

inline constexpr MetricName metric_leases_held{"crmsync_leases_held", MetricKind::gauge,
                                               "Mailboxes this process holds"};
inline constexpr MetricName metric_turns{"crmsync_turns_total", MetricKind::counter,
                                         "Turns over a mailbox that ended well"};
inline constexpr MetricName metric_failures{"crmsync_failures_total", MetricKind::counter,
                                            "Failed turns by name"};
inline constexpr MetricName metric_turn_seconds{"crmsync_turn_seconds", MetricKind::histogram,
                                                "How long a turn over a mailbox took"};

} // namespace crmsync::schedule
