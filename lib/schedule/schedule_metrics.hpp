#pragma once

#include "base/metrics.hpp"

namespace crmsync::schedule {

inline constexpr MetricName metric_leases_held{"crmsync_leases_held", MetricKind::gauge,
                                               "Mailboxes this process holds"};
inline constexpr MetricName metric_unclaimed{
    "crmsync_mailboxes_unclaimed", MetricKind::gauge,
    "Due mailboxes that nobody holds, while this process holds as many as it can: start another"};
inline constexpr MetricName metric_turns{"crmsync_turns_total", MetricKind::counter,
                                         "Turns over a mailbox that ended well"};
inline constexpr MetricName metric_failures{"crmsync_failures_total", MetricKind::counter,
                                            "Failed turns by name"};
inline constexpr MetricName metric_lag{
    "crmsync_lag_seconds", MetricKind::gauge,
    "Since the mailbox that is furthest behind was last caught up, stopped ones left out"};
inline constexpr MetricName metric_write_back_age{
    "crmsync_write_back_age_seconds", MetricKind::gauge,
    "How long the mailbox that has owed a category the longest has been owing one"};
inline constexpr MetricName metric_untracks_held{
    "crmsync_untracks_held", MetricKind::gauge,
    "Removals the guard against mass untracking holds back, of the mailboxes this process holds"};
inline constexpr MetricName metric_mailboxes_guarded{
    "crmsync_mailboxes_with_untracks_held", MetricKind::gauge,
    "Mailboxes of this process with such removals: they wait for crmsync held confirm or reject"};
inline constexpr MetricName metric_throttled{
    "crmsync_throttled_seconds_total", MetricKind::counter,
    "Seconds for which providers put turns off; waits within a turn are counted by the connector"};
inline constexpr MetricName metric_turn_seconds{"crmsync_turn_seconds", MetricKind::histogram,
                                                "How long a turn over a mailbox took"};

} // namespace crmsync::schedule
