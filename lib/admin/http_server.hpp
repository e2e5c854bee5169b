#pragma once

#include "admin/router.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <set>
#include <string>

namespace crmsync::admin {

/// The service's own HTTP/1.1 server. A coroutine per connection; 64 connections, 64 KiB bodies and
/// 30 s of idleness at most.
class HttpServer {
public:
    /// Binds at once. Throws UsageError where `listen` ("127.0.0.1:8480") is no address, and
    /// Failure where it cannot be bound; both name the key.
    HttpServer(boost::asio::any_io_executor executor, const std::string& listen, Router router);
    ~HttpServer();

    unsigned short port() const;

    /// Accepts until stop().
    boost::asio::awaitable<void> run();
    void stop();

private:
    boost::asio::awaitable<void> serve(std::shared_ptr<boost::asio::ip::tcp::socket> socket);

    boost::asio::any_io_executor executor_;
    boost::asio::ip::tcp::acceptor acceptor_;
    Router router_;
    std::set<std::shared_ptr<boost::asio::ip::tcp::socket>> open_;
};

} // namespace crmsync::admin
