#include "admin/health.hpp"
#include "admin/http_server.hpp"
#include "base/failure.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::admin;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

using Response = http::response<http::string_body>;

/// A server on a free port with the routes of the service.
struct Served {
    Metrics metrics;
    std::optional<std::string> not_ready;
    asio::io_context io;
    HttpServer server{io.get_executor(), "127.0.0.1:0", routes()};
    std::shared_ptr<test::Arrival<void>> ended = test::start(io, server.run());

    ~Served()
    {
        server.stop();
        if (!ended->here)
            test::run(io, until_ended());
    }

    Router routes()
    {
        HealthChecks checks;
        checks.not_ready_because = [this]() -> asio::awaitable<std::optional<std::string>> {
            co_return not_ready;
        };
        Router router;
        add_health_routes(router, std::move(checks), metrics);
        return router;
    }

    asio::awaitable<void> until_ended()
    {
        for (int i = 0; i < 1'000 && !ended->here; ++i)
            co_await asio::post(io, asio::use_awaitable);
    }

    tcp::socket connected()
    {
        tcp::socket socket(io);
        socket.connect({asio::ip::address_v4::loopback(), server.port()});
        return socket;
    }

    Response ask(tcp::socket& socket, http::verb method, std::string target, bool keep_alive = true)
    {
        return test::run(io, exchange(socket, method, std::move(target), keep_alive));
    }
    Response get(std::string target)
    {
        tcp::socket socket = connected();
        return ask(socket, http::verb::get, std::move(target));
    }

    static asio::awaitable<Response> exchange(tcp::socket& socket, http::verb method,
                                              std::string target, bool keep_alive)
    {
        http::request<http::empty_body> request(method, target, 11);
        request.set(http::field::host, "localhost");
        request.keep_alive(keep_alive);
        co_await http::async_write(socket, request, asio::use_awaitable);
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.skip(method == http::verb::head);
        co_await http::async_read(socket, buffer, parser, asio::use_awaitable);
        co_return parser.release();
    }

    /// Whether the server closes the connection, whatever it sends before.
    static asio::awaitable<bool> closes(tcp::socket& socket)
    {
        boost::system::error_code failed;
        std::string received;
        for (int i = 0; i < 100 && !failed; ++i) {
            char bytes[1024];
            co_await socket.async_read_some(asio::buffer(bytes),
                                            asio::redirect_error(asio::use_awaitable, failed));
        }
        co_return failed == asio::error::eof || failed == asio::error::connection_reset;
    }
    bool closed(tcp::socket& socket) { return test::run(io, closes(socket)); }
};

std::string failure_of(const std::string& listen)
{
    asio::io_context io;
    try {
        const HttpServer server(io.get_executor(), listen, Router());
    } catch (const UsageError& error) {
        return error.what();
    }
    return "it could be bound";
}

} // namespace

TEST_CASE("probes are answered over HTTP")
{
    Served served;
    CHECK(served.get("/healthz").body() == "alive\n");
    CHECK(served.get("/readyz").result_int() == 200);
    served.not_ready = "waiting for the database";
    const Response waiting = served.get("/readyz");
    CHECK(waiting.result_int() == 503);
    CHECK(waiting.body() == "not ready: waiting for the database\n");
    CHECK(served.get("/nothing").result_int() == 404);
}

TEST_CASE("metrics are served in Prometheus' text format")
{
    Served served;
    constexpr MetricName turns{"crmsync_turns_total", MetricKind::counter, "Turns"};
    served.metrics.add(turns, 3);
    const Response page = served.get("/metrics");
    CHECK(page[http::field::content_type] == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(page.body().find("crmsync_turns_total 3") != std::string::npos);
}

TEST_CASE("a connection is kept for the next request, unless the client wants it closed")
{
    Served served;
    tcp::socket socket = served.connected();
    for (int i = 0; i < 3; ++i)
        CHECK(served.ask(socket, http::verb::get, "/healthz").keep_alive());
    CHECK_FALSE(served.ask(socket, http::verb::get, "/healthz", false).keep_alive());
    CHECK(served.closed(socket));
}

TEST_CASE("HEAD tells the length GET would have, and sends no body")
{
    Served served;
    tcp::socket socket = served.connected();
    const Response head = served.ask(socket, http::verb::head, "/healthz");
    CHECK(head.result_int() == 200);
    CHECK(head[http::field::content_length] == "6");
    CHECK(head.body().empty());
    // The next answer starts where this one ended.
    CHECK(served.ask(socket, http::verb::get, "/healthz").body() == "alive\n");
}

TEST_CASE("what is no HTTP, or too large, ends its connection and no other")
{
    Served served;
    tcp::socket other = served.connected();
    CHECK(served.ask(other, http::verb::get, "/healthz").result_int() == 200);
    const std::string large = "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n";
    for (const std::string& text : {std::string("\x16\x03\x01 hello\r\n\r\n"), large}) {
        tcp::socket socket = served.connected();
        asio::write(socket, asio::buffer(text));
        CHECK(served.closed(socket));
    }
    CHECK(served.ask(other, http::verb::get, "/healthz").result_int() == 200);
}

TEST_CASE("a stopped server closes its connections and its port")
{
    Served served;
    tcp::socket socket = served.connected();
    CHECK(served.ask(socket, http::verb::get, "/healthz").result_int() == 200);
    const unsigned short port = served.server.port();
    served.server.stop();
    CHECK(served.closed(socket));
    test::run(served.io, served.until_ended());
    CHECK(served.ended->here);
    tcp::socket late(served.io);
    boost::system::error_code refused;
    late.connect({asio::ip::address_v4::loopback(), port}, refused);
    CHECK(refused == asio::error::connection_refused);
}

TEST_CASE("an address that cannot be is a mistake of the configuration")
{
    CHECK(failure_of("127.0.0.1:0") == "it could be bound");
    CHECK(failure_of("localhost:0") == "it could be bound");
    for (const char* listen : {"somewhere", "somewhere:80", ":8480", ""}) {
        INFO(listen);
        CHECK(failure_of(listen).find("http.listen") != std::string::npos);
    }
}

TEST_CASE("a port that is taken is a failure that may pass")
{
    Served served;
    const std::string listen = "127.0.0.1:" + std::to_string(served.server.port());
    asio::io_context io;
    std::string taken;
    try {
        const HttpServer server(io.get_executor(), listen, Router());
    } catch (const Failure& failure) {
        taken = failure.name() + " " + failure.message();
    }
    CHECK(taken.find("http.cannot_listen cannot listen on " + listen) == 0);
    CHECK(taken.find("http.listen") != std::string::npos);
}
