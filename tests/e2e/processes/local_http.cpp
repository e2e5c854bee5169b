#include "e2e/processes/local_http.hpp"

#include "net/http_client.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <sys/socket.h>
#include <sys/time.h>

namespace crmsync::test {

namespace asio = boost::asio;
using asio::ip::tcp;

HttpAnswer local_http(unsigned short port, std::string_view method, std::string_view target,
                      std::string_view body)
{
    asio::io_context io;
    tcp::socket socket(io);
    boost::system::error_code failed;
    socket.connect({asio::ip::address_v4::loopback(), port}, failed);
    if (failed)
        return {};
    timeval patience{60, 0};
    setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    asio::write(socket,
                asio::buffer(fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: "
                                         "close\r\nContent-Length: {}\r\n\r\n{}",
                                         method, target, port, body.size(), body)),
                failed);

    // Plain recv: asio would wait for the answer without an end.
    std::string text;
    char piece[65536];
    while (true) {
        const ssize_t size = recv(socket.native_handle(), piece, sizeof piece, 0);
        if (size <= 0)
            break;
        text.append(piece, static_cast<std::size_t>(size));
    }
    const auto head = text.find("\r\n\r\n");
    if (head == std::string::npos || !text.starts_with("HTTP/1.1 "))
        return {};
    return {std::atoi(text.c_str() + 9), text.substr(head + 4)};
}

HttpAnswer local_https(unsigned short port, const std::filesystem::path& authority,
                       std::string_view target, std::string_view body)
{
    asio::io_context io;
    Metrics metrics;
    net::HttpOptions options;
    options.ca_file = authority.string();
    net::HttpClient http(io.get_executor(), metrics, options);
    net::Request request;
    request.method = net::Method::post;
    request.url = fmt::format("https://127.0.0.1:{}{}", port, target);
    request.body = body;
    net::Response response = run(io, http.send(std::move(request)));
    return {response.status, std::move(response.body)};
}

unsigned short free_port()
{
    asio::io_context io;
    tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    return acceptor.local_endpoint().port();
}

} // namespace crmsync::test
