#include "e2e/processes/relay.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace crmsync::test {

namespace asio = boost::asio;
using Stream = asio::generic::stream_protocol;
using Local = asio::local::stream_protocol;

namespace {

using SocketPtr = std::shared_ptr<Stream::socket>;

/// One direction; its end is the end of both.
asio::awaitable<void> pass_on(SocketPtr from, SocketPtr to)
{
    std::vector<char> piece(65536);
    boost::system::error_code failed;
    while (!failed) {
        const auto room = asio::buffer(piece);
        const std::size_t size =
            co_await from->async_read_some(room, asio::redirect_error(asio::use_awaitable, failed));
        if (failed)
            break;
        const auto content = asio::buffer(piece.data(), size);
        co_await asio::async_write(*to, content, asio::redirect_error(asio::use_awaitable, failed));
    }
    boost::system::error_code ignored;
    from->shutdown(Stream::socket::shutdown_both, ignored);
    to->shutdown(Stream::socket::shutdown_both, ignored);
}

Stream::endpoint endpoint_of(const std::string& server, unsigned short port)
{
    if (server.starts_with('/'))
        return Local::endpoint(fmt::format("{}/.s.PGSQL.{}", server, port));
    asio::io_context io;
    asio::ip::tcp::resolver resolver(io);
    return resolver.resolve(server, std::to_string(port)).begin()->endpoint();
}

} // namespace

struct Relay::Running {
    Running(const std::string& path, Stream::endpoint to)
        : target(std::move(to)), acceptor(io, Local::endpoint(path))
    {
        asio::co_spawn(io, accept(), asio::detached);
        thread = std::thread([this] { io.run(); });
    }
    ~Running()
    {
        io.stop();
        thread.join();
    }

    asio::awaitable<void> accept()
    {
        while (true) {
            Local::socket accepted = co_await acceptor.async_accept(asio::use_awaitable);
            const auto client = std::make_shared<Stream::socket>(std::move(accepted));
            const auto server = std::make_shared<Stream::socket>(io);
            boost::system::error_code failed;
            server->connect(target, failed);
            if (failed)
                continue;
            asio::co_spawn(io, pass_on(client, server), asio::detached);
            asio::co_spawn(io, pass_on(server, client), asio::detached);
        }
    }

    asio::io_context io{1};
    Stream::endpoint target;
    Local::acceptor acceptor;
    std::thread thread;
};

Relay::Relay(const std::string& url, std::filesystem::path folder)
    : socket_path_(folder / ".s.PGSQL.5432")
{
    std::filesystem::create_directories(folder);
    char* mistake = nullptr;
    PQconninfoOption* const options = PQconninfoParse(url.c_str(), &mistake);
    if (!options)
        throw std::runtime_error(fmt::format("not understood: {}: {}", url, mistake));
    url_ = fmt::format("host={} port=5432", folder.string());
    for (const PQconninfoOption* option = options; option->keyword; ++option) {
        if (!option->val)
            continue;
        const std::string keyword = option->keyword;
        if (keyword == "host")
            server_ = option->val;
        else if (keyword == "port")
            port_ = static_cast<unsigned short>(std::atoi(option->val));
        else
            url_ += fmt::format(" {}={}", keyword, option->val);
    }
    PQconninfoFree(options);
}

Relay::~Relay() { close(); }

void Relay::open()
{
    if (!running_)
        running_ = std::make_unique<Running>(socket_path_, endpoint_of(server_, port_));
}

void Relay::close()
{
    running_.reset();
    std::filesystem::remove(socket_path_);
}

} // namespace crmsync::test
