#pragma once

#include "base/clock.hpp"
#include "base/gate.hpp"
#include "base/metrics.hpp"
#include "connector/graph/graph_batch.hpp"
#include "connector/graph/graph_error.hpp"
#include "connector/graph/graph_urls.hpp"
#include "net/http_client.hpp"
#include "net/oauth_token.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace crmsync::graph {

/// One mailbox's way to Graph: the token, the limits of the provider, waiting as told, counting.
/// Knows requests and answers, and nothing of what they are about.
///
/// What it waits out itself: 429, 503 and the like for as long as Retry-After asks, one refused
/// token, a few server errors, a 503 without Retry-After among them; together never longer than
/// `patience` a call. Of a batch of which some parts get through, `patience` each time that none
/// does.
class Calls {
public:
    /// Whoever waits longer waits outside, where no turn's place is taken meanwhile.
    static constexpr std::chrono::seconds patience{10};
    static constexpr std::chrono::seconds patience_with_progress{30};
    static constexpr int at_once = 3; ///< requests; a batch goes alone

    Calls(net::HttpClient& http, net::OAuthToken& token, Clock& clock, Metrics& metrics, Urls urls,
          std::string mailbox);

    /// Sends a request of its own. Any status comes back but those waited out in vain: they are
    /// thrown, as a failure that asks to wait. `server_errors` is how often a 5xx is tried again.
    boost::asio::awaitable<net::Response> send(net::Request request, Purpose purpose,
                                               int server_errors = 2);

    /// As send; what is no success is thrown.
    boost::asio::awaitable<DocumentPtr> get(std::string url, Purpose purpose);

    using Use = std::function<void(std::size_t index, const PartAnswer& answer)>;
    /// Sends the parts in batches of at most twenty, one batch at a time, repeating only what
    /// failed and may pass, together with what was not sent yet. `use` gets each part's final
    /// answer once, in any order: also those that stayed throttled, and with status 0 those that
    /// never came. Its memory goes when it returns.
    boost::asio::awaitable<void> batch(std::vector<Part> parts, Purpose purpose, Bodies bodies,
                                       Use use);

    boost::asio::awaitable<void> check_token();

    /// How far Graph's clock is ahead of ours, by its latest answer with a Date.
    std::chrono::microseconds ahead() const { return ahead_; }

    const Urls& urls() const { return urls_; }
    const std::string& mailbox() const { return mailbox_; }
    Metrics& metrics() { return metrics_; }
    /// The Prefer header: immutable ids are always asked for.
    static std::string preferences(std::string_view further = {});
    /// The request with the headers every request carries.
    static net::Request request(net::Method method, std::string url,
                                std::string_view further_preference = {});

private:
    class Patience;
    struct BatchRun;

    boost::asio::awaitable<net::Response> send_once(net::Request request, Purpose purpose,
                                                    int slots, int parts, std::string& token);
    boost::asio::awaitable<net::Response> send_patiently(net::Request request, Purpose purpose,
                                                         int server_errors, int slots, int parts,
                                                         Patience& patience_left,
                                                         std::string& token);
    boost::asio::awaitable<void> run_batch(BatchRun& run, std::vector<std::size_t> pending);
    boost::asio::awaitable<std::vector<std::optional<PartAnswer>>>
    send_batch(BatchRun& run, const std::vector<std::size_t>& pending);

    /// How long to wait before the next attempt. A throttled mailbox is closed for as long.
    std::chrono::milliseconds delay_after(int attempt, const GraphError& error,
                                          std::optional<std::chrono::milliseconds> advice);
    boost::asio::awaitable<void> pause(std::chrono::milliseconds delay);
    void refuse_if_closed_for_long(const Purpose& purpose) const;
    void note(const GraphError& error, int status, const Purpose& purpose);

    net::HttpClient& http_;
    net::OAuthToken& token_;
    Clock& clock_;
    Metrics& metrics_;
    Urls urls_;
    std::string mailbox_;
    Gate gate_;
    Timestamp closed_until_{};
    std::chrono::microseconds ahead_{};
    std::minstd_rand random_;
};

/// Whether what was asked for may be the reason why the server is busy: it did not say for how
/// long, as it does where there are too many requests (G-252). A server's error like others then.
bool may_be_its_own(const GraphError& error, std::optional<std::chrono::milliseconds> advice);

/// How far a clock is ahead of ours that showed `date`, cut to seconds, between our two times: the
/// least that explains it.
std::chrono::microseconds clock_ahead(Timestamp date, Timestamp asked, Timestamp answered);

/// Whether an answer holds what was asked for. A 424 may be the answer to a whole batch of which
/// some part was throttled (G-271).
bool holds_answers(const net::Response& response);

} // namespace crmsync::graph
