#pragma once

#include "simulator/graph.hpp"
#include "simulator/script_http.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace crmsync::sim {

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;               ///< 0: any free one
    std::string tls_certificate, tls_key; ///< PEM files; both or none
    bool script_face = true;
};

/// Serves a world over HTTP/1.1 on one port: the sign-in service (`/{tenant}/oauth2/v2.0/token`),
/// Graph (`/v1.0/…`) and the script face (`/sim/…`). Runs on the given io_context, in its thread;
/// connections end when the server is destroyed, which is to happen before the context is.
class Server {
public:
    Server(boost::asio::io_context& io, World& world, ServerOptions options = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    std::string url() const; ///< "http://127.0.0.1:4711", without a slash at the end
    Graph& graph() { return graph_; }
    Script& script() { return script_; }
    /// Ends all connections, also those whose answers are held, and accepts no more.
    void stop();

private:
    struct Connection;
    template <class Stream>
    struct TypedConnection;
    struct Reply;

    boost::asio::awaitable<void> accept();
    template <class Stream>
    boost::asio::awaitable<void> serve(std::shared_ptr<TypedConnection<Stream>> connection);
    boost::asio::awaitable<Reply> reply_to(Request request);
    boost::asio::awaitable<Reply> graph_reply(Request request);

    boost::asio::io_context& io_;
    World& world_;
    ServerOptions options_;
    Graph graph_;
    Script script_;
    ScriptHttp script_http_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer held_;
    std::set<Connection*> connections_;
    std::shared_ptr<bool> alive_;
};

} // namespace crmsync::sim
