#pragma once

#include "base/metrics.hpp"

namespace crmsync::sync {

inline constexpr MetricName metric_activities_created{"crmsync_activities_created_total",
                                                      MetricKind::counter,
                                                      "Activities stored for the first time"};
inline constexpr MetricName metric_activities_joined{
    "crmsync_activities_joined_total", MetricKind::counter,
    "Items that joined an activity stored from another mailbox or before"};
inline constexpr MetricName metric_changes_read{"crmsync_changes_read_total", MetricKind::counter,
                                                "Rows of change pages that were decided"};
inline constexpr MetricName metric_folders_left_out{
    "crmsync_folders_left_out_total", MetricKind::counter,
    "Times a folder could not be read while others could, by failure name"};
inline constexpr MetricName metric_gone_before_body{
    "crmsync_items_gone_before_body_total", MetricKind::counter,
    "Accepted items that were gone when their body was asked for"};
inline constexpr MetricName metric_searches_failed{
    "crmsync_searches_failed_total", MetricKind::counter,
    "Searches for copies of or answers to a stored message that failed, by failure name"};
inline constexpr MetricName metric_writes_done{
    "crmsync_category_writes_total", MetricKind::counter,
    "Category writes by result: written, unneeded, conflict, gone, failed"};
inline constexpr MetricName metric_untracks{
    "crmsync_untracks_total", MetricKind::counter,
    "Untracks, by what became of the activity; held: by the guard"};

} // namespace crmsync::sync
