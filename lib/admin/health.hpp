#pragma once

#include "admin/router.hpp"
#include "base/metrics.hpp"

#include <functional>
#include <optional>
#include <string>

namespace crmsync::admin {

/// What a probe may ask the running service.
struct HealthChecks {
    /// Nothing when the service can work; else the reason in a few words, without private text.
    std::function<boost::asio::awaitable<std::optional<std::string>>()> not_ready_because;
};

/// /healthz (the process answers), /readyz (database reachable, leases held), /metrics.
void add_health_routes(Router& router, HealthChecks checks, const Metrics& metrics);

} // namespace crmsync::admin
