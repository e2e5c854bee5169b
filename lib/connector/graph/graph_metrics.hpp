#pragma once

#include "base/metrics.hpp"

namespace crmsync::graph::metric {

/// Label `purpose` everywhere: folders, changes, look_up, headers, bodies, attachments, write_back,
/// categories, find, probe. Header looks and rounds are counted apart by it.
inline constexpr MetricName requests{"crmsync_graph_requests_total", MetricKind::counter,
                                     "HTTP requests sent to Graph, batches counted as one"};
inline constexpr MetricName batch_parts{"crmsync_graph_batch_parts_total", MetricKind::counter,
                                        "Requests sent to Graph inside batches"};
inline constexpr MetricName errors{"crmsync_graph_errors_total", MetricKind::counter,
                                   "Answers of Graph that were no success, by failure name"};
inline constexpr MetricName waited{"crmsync_graph_waited_seconds_total", MetricKind::counter,
                                   "Seconds waited because Graph asked for it"};
inline constexpr MetricName rows{"crmsync_graph_rows_total", MetricKind::counter,
                                 "Rows of change pages that were read"};
inline constexpr MetricName unreadable_rows{"crmsync_graph_unreadable_rows_total",
                                            MetricKind::counter,
                                            "Rows of change pages that could not be read"};

} // namespace crmsync::graph::metric
