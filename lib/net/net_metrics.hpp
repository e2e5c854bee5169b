#pragma once

#include "base/metrics.hpp"

namespace crmsync::net {

inline constexpr MetricName http_requests_total{
    "crmsync_http_requests_total", MetricKind::counter,
    "HTTP requests by host and status; a request without an answer counts under its failure"};

inline constexpr MetricName http_seconds{
    "crmsync_http_seconds", MetricKind::histogram,
    "Time from sending an HTTP request to the end of its answer, by host"};

inline constexpr MetricName token_requests_total{"crmsync_token_requests_total",
                                                 MetricKind::counter,
                                                 "Access tokens asked for, by host and outcome"};

} // namespace crmsync::net
