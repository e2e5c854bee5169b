#include "simulator/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

namespace crmsync::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::size_t largest_graph_body = 4 * 1024 * 1024;
constexpr std::size_t largest_script_body = 256 * 1024 * 1024;

std::string_view reason(int status)
{
    const auto known = http::int_to_status(static_cast<unsigned>(status));
    const auto text = http::obsolete_reason(known);
    return {text.data(), text.size()};
}

std::string http_date(Timestamp at)
{
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                       std::chrono::floor<std::chrono::seconds>(at));
}

std::string head_of(const Answer& answer, Timestamp now, bool keep_alive)
{
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    if (answer.kind == Answer::Kind::json)
        head += "Content-Type: application/json;odata.metadata=minimal;odata.streaming=true;"
                "IEEE754Compatible=false;charset=utf-8\r\n";
    else if (answer.kind == Answer::Kind::text)
        head += "Content-Type: text/plain\r\n";
    for (const auto& [name, value] : answer.headers) {
        head += name;
        head += ": ";
        head += value;
        head += "\r\n";
    }
    head += "Cache-Control: private\r\nOData-Version: 4.0\r\nVary: Accept-Encoding,Prefer\r\n"
            "x-ms-ags-diagnostic: {\"ServerInfo\":{\"DataCenter\":\"Simulated\",\"Slice\":\"E\","
            "\"Ring\":\"4\",\"ScaleUnit\":\"000\",\"RoleInstance\":\"SIM\"}}\r\nDate: ";
    head += http_date(now);
    head += keep_alive ? "\r\n" : "\r\nConnection: close\r\n";
    if (answer.status != 204)
        head += fmt::format("Content-Length: {}\r\n", answer.body.size());
    return head + "\r\n";
}

Answer too_large(Timestamp now)
{
    Answer answer;
    answer.status = 413;
    answer.body = error_body("RequestBodyRead", "The request size exceeds the maximum limit.", now,
                             guid_of("413"), {});
    return answer;
}

} // namespace

struct Server::Connection {
    virtual ~Connection() = default;
    virtual void close() = 0;
};

template <class Stream>
struct Server::TypedConnection : Connection {
    template <class... Arguments>
    explicit TypedConnection(Arguments&&... arguments)
        : stream(std::forward<Arguments>(arguments)...)
    {}
    void close() override
    {
        boost::system::error_code ec;
        auto& socket = stream.lowest_layer();
        socket.shutdown(tcp::socket::shutdown_both, ec);
        socket.close(ec);
    }
    Stream stream;
};

struct Server::Reply {
    Answer answer;
    bool drop = false;
    std::optional<std::size_t> cut_at; ///< bytes of the body that still go out
};

Server::Server(asio::io_context& io, World& world, ServerOptions options)
    : io_(io), world_(world), options_(std::move(options)), graph_(world), script_(world, graph_),
      script_http_(script_), acceptor_(io), held_(io), alive_(std::make_shared<bool>(true))
{
    held_.expires_at(asio::steady_timer::time_point::max());
    script_.on_release([this] { held_.cancel(); });
    if (!options_.tls_certificate.empty()) {
        tls_.emplace(asio::ssl::context::tls_server);
        tls_->use_certificate_chain_file(options_.tls_certificate);
        tls_->use_private_key_file(options_.tls_key, asio::ssl::context::pem);
    }
    const tcp::endpoint endpoint(asio::ip::make_address(options_.address), options_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    asio::co_spawn(io_, accept(), asio::detached);
}

Server::~Server()
{
    *alive_ = false;
    stop();
}

void Server::stop()
{
    boost::system::error_code ec;
    acceptor_.close(ec);
    held_.cancel();
    for (Connection* const connection : connections_)
        connection->close();
}

std::uint16_t Server::port() const { return acceptor_.local_endpoint().port(); }

std::string Server::url() const
{
    return fmt::format("{}://{}:{}", tls_ ? "https" : "http", options_.address, port());
}

asio::awaitable<void> Server::accept()
{
    const std::shared_ptr<bool> alive = alive_;
    while (*alive) {
        boost::system::error_code ec;
        tcp::socket socket =
            co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (!*alive || ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor)
            co_return;
        if (ec) { // out of descriptors, most likely: leave the connections time to end
            asio::steady_timer pause(io_, std::chrono::milliseconds(10));
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
            continue;
        }
        socket.set_option(tcp::no_delay(true), ec);
        if (tls_) {
            using Stream = asio::ssl::stream<tcp::socket>;
            auto made = std::make_shared<TypedConnection<Stream>>(std::move(socket), *tls_);
            asio::co_spawn(io_, serve<Stream>(std::move(made)), asio::detached);
        } else {
            auto made = std::make_shared<TypedConnection<tcp::socket>>(std::move(socket));
            asio::co_spawn(io_, serve<tcp::socket>(std::move(made)), asio::detached);
        }
    }
}

template <class Stream>
asio::awaitable<void> Server::serve(std::shared_ptr<TypedConnection<Stream>> connection)
{
    const std::shared_ptr<bool> alive = alive_;
    connections_.insert(connection.get());
    boost::system::error_code ec;
    if constexpr (!std::is_same_v<Stream, tcp::socket>)
        co_await connection->stream.async_handshake(asio::ssl::stream_base::server,
                                                    asio::redirect_error(asio::use_awaitable, ec));
    boost::beast::flat_buffer buffer;
    bool open = !ec && *alive;
    while (open) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(largest_script_body);
        co_await http::async_read(connection->stream, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, ec));
        if (ec || !*alive)
            break;
        auto message = parser.release();
        Request request;
        request.method = message.method_string();
        for (const auto& field : message)
            request.headers.emplace_back(field.name_string(), field.value());
        std::string_view scheme = request.header("X-Forwarded-Proto"); // what stands before us
        if (scheme.empty())
            scheme = tls_ ? "https" : "http";
        request.base = fmt::format("{}://{}", scheme, request.header("Host"));
        request.body = std::move(message.body());
        request.target = message.target();
        const bool keep_alive = message.keep_alive();

        Reply reply = co_await reply_to(std::move(request));
        if (!*alive || reply.drop)
            break;
        const std::string head = head_of(reply.answer, world_.clock().now(), keep_alive);
        std::string& body = reply.answer.body;
        const std::size_t sent = reply.cut_at ? std::min(*reply.cut_at, body.size()) : body.size();
        // Nothing at all of an answer that is cut at its very begin: "202 sent, but who knows".
        const std::size_t head_size = reply.cut_at && *reply.cut_at == 0 ? 0 : head.size();
        const std::array<asio::const_buffer, 2> buffers{asio::buffer(head.data(), head_size),
                                                        asio::buffer(body.data(), sent)};
        co_await asio::async_write(connection->stream, buffers,
                                   asio::redirect_error(asio::use_awaitable, ec));
        open = !ec && *alive && keep_alive && !reply.cut_at;
    }
    if (!*alive)
        co_return;
    connections_.erase(connection.get());
    connection->close();
}

asio::awaitable<Server::Reply> Server::reply_to(Request request)
{
    const std::string target = std::move(request.target);
    request.target.clear();
    Reply reply;
    if (target.starts_with("/v1.0/")) {
        if (request.body.size() > largest_graph_body) {
            reply.answer = too_large(world_.clock().now());
            co_return reply;
        }
        read_target(request, std::string_view(target).substr(5));
        reply = co_await graph_reply(std::move(request));
        co_return reply;
    }
    read_target(request, target);
    const auto& path = request.path;
    if (options_.script_face && !path.empty() && path[0] == "sim")
        reply.answer = script_http_.answer(request);
    else if (path.size() == 4 && path[1] == "oauth2" && path[2] == "v2.0" && path[3] == "token") {
        graph_.note_token_request();
        reply.answer = graph_.tokens.answer(request, path[0]);
    } else {
        reply.answer.status = 404;
        reply.answer.kind = Answer::Kind::text;
        reply.answer.body = "Nothing is here.";
    }
    co_return reply;
}

asio::awaitable<Server::Reply> Server::graph_reply(Request request)
{
    Reply reply;
    const std::shared_ptr<bool> alive = alive_;
    const bool needs_length = request.method == "POST" &&
                              request.header("Content-Length").empty() &&
                              request.header("Transfer-Encoding").empty();
    if (needs_length) {
        reply.answer.status = 411;
        reply.answer.kind = Answer::Kind::text;
        reply.answer.body = "Length Required";
        co_return reply;
    }
    const Mailbox* const mailbox = graph_.mailbox_of(request);
    const std::string mailbox_id = mailbox ? mailbox->id() : std::string{};
    const std::optional<Fault> fault =
        graph_.faults.take(request.method, request.target, mailbox_id, true);
    if (fault && fault->kind == Fault::Kind::drop) {
        graph_.note_dropped(request);
        reply.drop = true;
        co_return reply;
    }
    Admission admission = graph_.admit(request);
    // Let the requests that arrived together meet here: else each would be over before the next
    // is looked at, and nobody would ever be one too many.
    co_await asio::post(io_, asio::use_awaitable);
    if (fault && fault->kind == Fault::Kind::hold && *alive) {
        script_.held(1);
        boost::system::error_code ec;
        co_await held_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (*alive)
            script_.held(-1);
    }
    if (fault && fault->kind == Fault::Kind::delay && *alive)
        co_await world_.clock().sleep_for(std::chrono::milliseconds(fault->milliseconds));
    if (!*alive) {
        reply.drop = true;
        co_return reply;
    }
    reply.answer = graph_.answer(request, admission, fault);
    graph_.release(admission);
    if (fault && fault->kind == Fault::Kind::cut)
        reply.cut_at = fault->bytes;
    co_return reply;
}

} // namespace crmsync::sim
