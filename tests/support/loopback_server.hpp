#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::test {

using HeaderLines = std::vector<std::pair<std::string, std::string>>;

/// The value of a header, names compared without case; empty if there is none.
std::string header_value(const HeaderLines& headers, std::string_view name);

/// A request as it arrived.
struct Received {
    std::string method;
    std::string target;
    HeaderLines headers;
    std::string body;
    int connection = 0; ///< counted from 1
};

/// Where answers wait until the test lets them go. Owns nothing of the io_context, so it may be
/// declared before it.
class Hold {
public:
    void open();
    boost::asio::awaitable<void> passed();
    int waiting() const { return static_cast<int>(waiting_.size()); }

private:
    std::set<boost::asio::steady_timer*> waiting_;
    bool open_ = false;
};

struct Answer {
    int status = 200;
    HeaderLines headers = {};
    std::string body = {};
    bool chunked = false; ///< else with Content-Length
    std::optional<std::size_t> cut_after =
        std::nullopt;                     ///< so many bytes of the body, then the connection ends
    std::shared_ptr<Hold> hold = nullptr; ///< nothing is sent before it opens
    bool close = false;                   ///< the connection ends after the answer
};

/// An HTTP/1.1 server on a free port of 127.0.0.1 that answers what the test's script says. It runs
/// on the test's own io_context, so a request and its answer happen in one thread.
class LoopbackServer {
public:
    using Script = std::function<Answer(const Received&)>;

    struct Tls {
        std::string certificate_pem;
        std::string key_pem;
    };

    LoopbackServer(boost::asio::io_context& context, Script script,
                   std::optional<Tls> tls = std::nullopt);
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    std::string url(std::string_view target) const;
    unsigned short port() const;

    const std::vector<Received>& received() const;
    int connections() const; ///< accepted so far
    int open() const;        ///< of these, still there

    struct Shared;

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace crmsync::test
