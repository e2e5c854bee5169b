#include "admin/http_server.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/spawn_logged.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace crmsync::admin {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::size_t most_connections = 64;
constexpr std::uint64_t largest_body = 64 * 1024;
constexpr auto longest_idle = std::chrono::seconds(30);

tcp::endpoint endpoint_of(const std::string& listen)
{
    const auto colon = listen.rfind(':');
    std::string host = listen.substr(0, colon);
    if (host.size() > 2 && host.front() == '[')
        host = host.substr(1, host.size() - 2);
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, failed);
    if (failed || colon == std::string::npos)
        throw UsageError("http.listen \"" + listen +
                         "\" is no address with a port; write it as \"127.0.0.1:8480\"");
    return {address, static_cast<unsigned short>(std::stoi(listen.substr(colon + 1)))};
}

} // namespace

HttpServer::HttpServer(asio::any_io_executor executor, const std::string& listen, Router router)
    : executor_(executor), acceptor_(executor), router_(std::move(router))
{
    const tcp::endpoint endpoint = endpoint_of(listen);
    boost::system::error_code failed;
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed)
        acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed)
        acceptor_.bind(endpoint, failed);
    if (!failed)
        acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed)
        // No usage error: systemd tries again, and the port may be free then.
        throw Failure(Reaction::stop, "http.cannot_listen",
                      "cannot listen on " + listen + ": " + failed.message() +
                          "; end what holds the port or change http.listen");
}

HttpServer::~HttpServer() = default;

unsigned short HttpServer::port() const { return acceptor_.local_endpoint().port(); }

void HttpServer::stop()
{
    boost::system::error_code ignored; // a socket that is closed already is what we want
    acceptor_.close(ignored);
    for (const auto& socket : open_)
        socket->close(ignored);
}

asio::awaitable<void> HttpServer::run()
{
    while (acceptor_.is_open()) {
        boost::system::error_code failed;
        auto socket = std::make_shared<tcp::socket>(executor_);
        co_await acceptor_.async_accept(*socket, asio::redirect_error(asio::use_awaitable, failed));
        if (failed == asio::error::operation_aborted || failed == asio::error::bad_descriptor)
            co_return;
        if (failed) {
            // Out of descriptors, most likely: breathe before the next try instead of spinning.
            log::warn(log::Area::admin, "could not accept a connection",
                      {{"reason", failed.message()}});
            asio::steady_timer pause(executor_, std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
            continue;
        }
        if (open_.size() >= most_connections)
            continue; // dropped: the client sees a reset and comes back
        open_.insert(socket);
        spawn_logged(executor_, "admin connection", serve(socket));
    }
}

asio::awaitable<void> HttpServer::serve(std::shared_ptr<tcp::socket> socket)
{
    struct Leave {
        std::set<std::shared_ptr<tcp::socket>>& open;
        std::shared_ptr<tcp::socket> socket;
        ~Leave() { open.erase(socket); }
    };
    const Leave leave{open_, socket};
    asio::steady_timer idle(executor_);
    beast::flat_buffer buffer;

    while (socket->is_open()) {
        idle.expires_after(longest_idle);
        idle.async_wait([socket](boost::system::error_code cancelled) {
            boost::system::error_code ignored; // closing twice does no harm
            if (!cancelled)
                socket->close(ignored);
        });
        http::request_parser<http::string_body> parser;
        parser.body_limit(largest_body);
        boost::system::error_code failed;
        co_await http::async_read(*socket, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, failed));
        if (failed)
            co_return; // the client left, was idle too long, or does not speak HTTP

        const HttpRequest request = parser.release();
        const Reply reply = co_await router_.handle(request);
        http::response<http::string_body> response(static_cast<http::status>(reply.status),
                                                   request.version());
        response.set(http::field::content_type, reply.content_type);
        if (!reply.allow.empty())
            response.set(http::field::allow, reply.allow);
        response.set(http::field::cache_control, "no-store");
        response.keep_alive(request.keep_alive());
        if (request.method() != http::verb::head) {
            response.body() = reply.body;
            response.prepare_payload();
        } else {
            response.content_length(reply.body.size()); // as GET would say it
        }
        co_await http::async_write(*socket, response,
                                   asio::redirect_error(asio::use_awaitable, failed));
        if (failed || !response.keep_alive())
            co_return;
    }
}

} // namespace crmsync::admin
