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

    bool path_known = false;
    const Route* found = nullptr;
    for (const Route& route : routes_) {
        if (route.path != path)
            continue;
        path_known = true;
        if (route.method == method)
            found = &route;
    }
    if (!found) {
        Reply reply;
        reply.status = path_known ? 405 : 404;
        reply.body = path_known ? "method not allowed\n" : "not found\n";
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
