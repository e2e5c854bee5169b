#include "admin/router.hpp"

#include "base/log.hpp"

namespace crmsync::admin {

namespace http = boost::beast::http;

void Router::add(http::verb method, std::string path, Handler handler)
{
    routes_.push_back(Route{method, std::move(path), std::move(handler)});
}

boost::asio::awaitable<Reply> Router::handle(const HttpRequest& request) const
{
    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    const http::verb method =
        request.method() == http::verb::head ? http::verb::get : request.method();

    std::string allow;
    const Route* found = nullptr;
    for (const Route& route : routes_) {
        if (route.path != path)
            continue;
        allow += allow.empty() ? "" : ", ";
        allow += http::to_string(route.method);
        if (route.method == http::verb::get)
            allow += ", HEAD";
        if (route.method == method)
            found = &route;
    }
    if (!found) {
        Reply reply;
        reply.status = allow.empty() ? 404 : 405;
        reply.body = allow.empty() ? "not found\n" : "method not allowed\n";
        reply.allow = std::move(allow);
        co_return reply;
    }

    std::string failed;
    try {
        co_return co_await found->handler(request);
    } catch (const std::exception& e) {
        failed = e.what();
    }
    log::error(log::Area::admin, "request failed", {{"path", found->path}, {"reason", failed}});
    Reply reply;
    reply.status = 500;
    reply.body = "internal error; the log says more\n";
    co_return reply;
}

} // namespace crmsync::admin
