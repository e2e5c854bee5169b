#include "support/loopback_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view without_spaces(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

Received parse_head(std::string_view head)
{
    Received request;
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t first = line.find(' ');
    const std::size_t second = line.rfind(' ');
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, second - first - 1);
    for (std::size_t at = line.size() + 2; at < head.size();) {
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::string_view header = head.substr(at, end - at);
        if (const std::size_t colon = header.find(':'); colon != std::string_view::npos)
            request.headers.emplace_back(header.substr(0, colon),
                                         without_spaces(header.substr(colon + 1)));
        at = end + 2;
    }
    return request;
}

std::string head_of(const Answer& answer)
{
    std::string head = fmt::format("HTTP/1.1 {} Scripted\r\n", answer.status);
    for (const auto& [name, value] : answer.headers)
        head += fmt::format("{}: {}\r\n", name, value);
    if (answer.chunked)
        head += "Transfer-Encoding: chunked\r\n";
    else
        head += fmt::format("Content-Length: {}\r\n", answer.body.size());
    if (answer.close)
        head += "Connection: close\r\n";
    return head + "\r\n";
}

/// What goes over the wire after the head; cut where the script says so.
std::string body_of(const Answer& answer)
{
    const std::string_view body =
        std::string_view(answer.body).substr(0, answer.cut_after.value_or(answer.body.size()));
    if (!answer.chunked)
        return std::string(body);
    std::string chunks;
    constexpr std::size_t size = 1000;
    for (std::size_t at = 0; at < body.size(); at += size) {
        const std::string_view piece = body.substr(at, size);
        chunks += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
    }
    return answer.cut_after ? chunks : chunks + "0\r\n\r\n";
}

/// In a set for as long as its coroutine lives, however that ends.
template <class T>
class Listed {
public:
    Listed(std::set<T*>& list, T* entry) : list_(list), entry_(entry) { list_.insert(entry_); }
    ~Listed() { list_.erase(entry_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

private:
    std::set<T*>& list_;
    T* entry_;
};

} // namespace

std::string header_value(const HeaderLines& headers, std::string_view name)
{
    for (const auto& [n, value] : headers)
        if (same_name(n, name))
            return value;
    return {};
}

void Hold::open()
{
    open_ = true;
    for (asio::steady_timer* timer : waiting_)
        timer->cancel();
}

asio::awaitable<void> Hold::passed()
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer closed(executor, asio::steady_timer::time_point::max());
    const Listed listed(waiting_, &closed);
    while (!open_) {
        Error ignored;
        co_await closed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

struct LoopbackServer::Shared {
    Shared(asio::io_context& context, Script s)
        : acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          script(std::move(s))
    {}

    tcp::acceptor acceptor;
    Script script;
    std::optional<asio::ssl::context> tls;
    std::vector<Received> received;
    std::set<tcp::socket*> sockets;
    int connections = 0;
};

namespace {

using SharedPtr = std::shared_ptr<LoopbackServer::Shared>;

/// One request and its answer; false at the end of the connection.
template <class Stream>
asio::awaitable<bool> exchange(SharedPtr shared, Stream& stream, std::string& buffer, int number)
{
    Error error;
    auto dynamic = asio::dynamic_buffer(buffer);
    const std::size_t head = co_await asio::async_read_until(
        stream, dynamic, "\r\n\r\n", asio::redirect_error(asio::use_awaitable, error));
    if (error)
        co_return false;
    Received request = parse_head(std::string_view(buffer).substr(0, head));
    request.connection = number;
    buffer.erase(0, head);

    const std::string length = header_value(request.headers, "Content-Length");
    const std::size_t wanted = length.empty() ? 0 : std::stoul(length);
    if (buffer.size() < wanted) {
        auto rest = asio::dynamic_buffer(buffer);
        co_await asio::async_read(stream, rest, asio::transfer_at_least(wanted - buffer.size()),
                                  asio::redirect_error(asio::use_awaitable, error));
        if (error)
            co_return false;
    }
    request.body = buffer.substr(0, wanted);
    buffer.erase(0, wanted);

    shared->received.push_back(request);
    const Answer answer = shared->script(request);
    if (answer.hold)
        co_await answer.hold->passed();
    const std::string bytes = head_of(answer) + body_of(answer);
    co_await asio::async_write(stream, asio::buffer(bytes),
                               asio::redirect_error(asio::use_awaitable, error));
    co_return !error && !answer.cut_after && !answer.close;
}

template <class Stream>
asio::awaitable<void> talk(SharedPtr shared, Stream& stream, int number)
{
    std::string buffer;
    while (true) {
        const bool more = co_await exchange(shared, stream, buffer, number);
        if (!more)
            co_return;
    }
}

asio::awaitable<void> serve(SharedPtr shared, tcp::socket socket, int number)
{
    socket.set_option(tcp::no_delay(true));
    if (!shared->tls) {
        const Listed listed(shared->sockets, &socket);
        co_await talk(shared, socket, number);
        co_return;
    }
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *shared->tls);
    const Listed listed(shared->sockets, &stream.next_layer());
    Error error;
    co_await stream.async_handshake(asio::ssl::stream_base::server,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (!error)
        co_await talk(shared, stream, number);
}

asio::awaitable<void> accept_all(SharedPtr shared)
{
    while (true) {
        Error error;
        tcp::socket socket = co_await shared->acceptor.async_accept(
            asio::redirect_error(asio::use_awaitable, error));
        if (error)
            co_return;
        const int number = ++shared->connections;
        const auto executor = shared->acceptor.get_executor();
        asio::co_spawn(executor, serve(shared, std::move(socket), number), asio::detached);
    }
}

} // namespace

LoopbackServer::LoopbackServer(asio::io_context& context, Script script, std::optional<Tls> tls)
    : shared_(std::make_shared<Shared>(context, std::move(script)))
{
    if (tls) {
        shared_->tls.emplace(asio::ssl::context::tls_server);
        shared_->tls->use_certificate_chain(asio::buffer(tls->certificate_pem));
        shared_->tls->use_private_key(asio::buffer(tls->key_pem), asio::ssl::context::pem);
    }
    asio::co_spawn(context, accept_all(shared_), asio::detached);
}

LoopbackServer::~LoopbackServer()
{
    Error ignored;
    shared_->acceptor.close(ignored);
    for (tcp::socket* socket : shared_->sockets)
        socket->close(ignored);
}

std::string LoopbackServer::url(std::string_view target) const
{
    return fmt::format("{}://127.0.0.1:{}{}", shared_->tls ? "https" : "http", port(), target);
}

unsigned short LoopbackServer::port() const { return shared_->acceptor.local_endpoint().port(); }

const std::vector<Received>& LoopbackServer::received() const { return shared_->received; }

int LoopbackServer::connections() const { return shared_->connections; }

int LoopbackServer::open() const { return static_cast<int>(shared_->sockets.size()); }

} // namespace crmsync::test
