#include "admin/health.hpp"

namespace crmsync::admin {

namespace http = boost::beast::http;
using boost::asio::awaitable;

void add_health_routes(Router& router, HealthChecks checks, const Metrics& metrics)
{
    router.add(http::verb::get, "/healthz", [](const HttpRequest&) -> awaitable<Reply> {
        Reply reply;
        reply.body = "alive\n";
        co_return reply;
    });

    router.add(http::verb::get, "/readyz", [checks](const HttpRequest&) -> awaitable<Reply> {
        const std::optional<std::string> reason = co_await checks.not_ready_because();
        Reply reply;
        reply.status = reason ? 503 : 200;
        reply.body = reason ? "not ready: " + *reason + "\n" : "ready\n";
        co_return reply;
    });

    router.add(http::verb::get, "/metrics", [&metrics](const HttpRequest&) -> awaitable<Reply> {
        Reply reply;
        reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
        reply.body = metrics.exposition();
        co_return reply;
    });
}

} // namespace crmsync::admin
