#pragma once

#include "base/clock.hpp"
#include "base/interruption.hpp"
#include "base/metrics.hpp"
#include "net/http.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace crmsync::net {

struct HttpOptions {
    std::optional<std::string> ca_file; ///< PEM; else the system's authorities
    std::size_t max_connections = 128;  ///< kept open in all
    std::string user_agent = "crmsync";
};

class CurlLoop;

/// HTTP/1.1 and, over TLS, HTTP/2, by libcurl. Redirects are not followed. Any status is a
/// Response; only what never became one is a Failure: net.unreachable, net.deadline,
/// net.tls, net.answer_too_large, net.bad_url, net.broken (all with Reaction::retry but the TLS
/// certificate ones and bad URLs, which are `reauthorise`, and too-large answers, which are
/// `set_aside`).
///
/// Dies before the io_context of its executor does.
class HttpClient {
public:
    HttpClient(boost::asio::any_io_executor executor, Metrics& metrics, HttpOptions options = {},
               StepHook step = {});
    ~HttpClient();

    /// Steps: "http.send" before the request, "http.answer" after the answer.
    boost::asio::awaitable<Response> send(Request request);

    /// Requests under way, for a clock that jumps only when nothing is.
    int running() const;

private:
    std::shared_ptr<CurlLoop> loop_;
    Metrics& metrics_;
    StepHook step_;
};

} // namespace crmsync::net
