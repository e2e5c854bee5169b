#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>

#include <functional>
#include <string>
#include <vector>

namespace crmsync::admin {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

struct Reply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::string allow; ///< the methods of a path, where the one asked for is none of them
};

using Handler = std::function<boost::asio::awaitable<Reply>(const HttpRequest&)>;

/// The table of what is served: method, path, handler. Paths are compared without their query.
class Router {
public:
    void add(boost::beast::http::verb method, std::string path, Handler handler);

    /// 404 for a path nobody serves, 405 for a method nobody serves there, 500 (logged) for a
    /// handler that threw. HEAD is answered as GET without the body.
    boost::asio::awaitable<Reply> handle(const HttpRequest& request) const;

private:
    struct Route {
        boost::beast::http::verb method;
        std::string path;
        Handler handler;
    };
    std::vector<Route> routes_;
};

} // namespace crmsync::admin
