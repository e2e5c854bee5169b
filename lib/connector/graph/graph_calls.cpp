#include "connector/graph/graph_calls.hpp"

#include "base/backoff.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/uuid.hpp"
#include "connector/graph/graph_metrics.hpp"
#include "connector/graph/graph_patience.hpp"
#include "net/http_status.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

/// 3 requests at once, or a batch alone: Graph runs 4 of a batch's parts at a time and counts each
/// (G-250, G-254, G-272).
constexpr GateLimits limits{Calls::at_once, 10'000, std::chrono::minutes(10)};

unsigned seed()
{
    unsigned value = 1;
    for (const char c : random_bytes(4))
        value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

Labels label(const Purpose& purpose) { return {{"purpose", std::string(purpose.label)}}; }

bool may_pass(const net::Response& response, const GraphError& error)
{
    return error.reaction == Reaction::retry && (response.status >= 500 || response.status == 424);
}

} // namespace

bool may_be_its_own(const GraphError& error, std::optional<std::chrono::milliseconds> advice)
{
    return error.name == "graph.busy" && !advice;
}

std::chrono::microseconds clock_ahead(Timestamp date, Timestamp asked, Timestamp answered)
{
    const std::chrono::microseconds least = date - answered;
    const std::chrono::microseconds most = date + std::chrono::seconds(1) - asked;
    if (least > least.zero())
        return least;
    return std::min(most, most.zero());
}

bool holds_answers(const net::Response& response)
{
    return (response.status >= 200 && response.status < 300) ||
           (response.status == 424 && response.body.find("\"responses\"") != std::string::npos);
}

Calls::Calls(net::HttpClient& http, net::OAuthToken& token, Clock& clock, Metrics& metrics,
             Urls urls, std::string mailbox)
    : http_(http), token_(token), clock_(clock), metrics_(metrics), urls_(std::move(urls)),
      mailbox_(std::move(mailbox)), gate_(clock, limits), random_(seed())
{}

std::string Calls::preferences(std::string_view further)
{
    std::string prefer = R"(IdType="ImmutableId")";
    if (!further.empty())
        prefer.append(", ").append(further);
    return prefer;
}

net::Request Calls::request(net::Method method, std::string url,
                            std::string_view further_preference)
{
    net::Request request;
    request.method = method;
    request.url = std::move(url);
    request.headers = {{"Prefer", preferences(further_preference)}};
    return request;
}

asio::awaitable<void> Calls::check_token() { co_await token_.get(); }

void Calls::refuse_if_closed_for_long(const Purpose& purpose) const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(closed_until_ - clock_.now());
    if (left > patience)
        throw Failure(Reaction::wait, "graph.throttled",
                      fmt::format("{}: Graph asked for a pause of this mailbox (while {})",
                                  mailbox_, purpose.doing),
                      left);
}

asio::awaitable<net::Response> Calls::send_once(net::Request request, Purpose purpose, int slots,
                                                int parts, std::string& token)
{
    refuse_if_closed_for_long(purpose);
    token = co_await token_.get();
    const Gate::Permit permit = co_await gate_.enter(slots, parts);
    request.headers.push_back({"Authorization", "Bearer " + token});
    request.headers.push_back({"client-request-id", to_string(make_uuid(clock_.now()))});
    metrics_.add(metric::requests, 1, label(purpose));
    const Timestamp asked = clock_.now();
    net::Response response = co_await http_.send(std::move(request));
    if (const auto date = net::parse_http_date(trim(net::find(response.headers, "Date"))))
        ahead_ = clock_ahead(*date, asked, clock_.now());
    co_return response;
}

asio::awaitable<net::Response> Calls::send_patiently(net::Request request, Purpose purpose,
                                                     int server_errors, int slots, int parts,
                                                     Patience& patience_left, std::string& token)
{
    bool token_refused = false;
    // Bounded by patience: every round but the one after a refused token takes from it.
    for (int attempt = 1;; ++attempt) {
        net::Response response = co_await send_once(request, purpose, slots, parts, token);
        if (holds_answers(response))
            co_return response;

        const GraphError error = classify(response, purpose);
        note(error, response.status, purpose);
        if (error.finding == Finding::token) {
            token_.rejected(token);
            if (token_refused) // an outage, not a lost permission (G-8)
                throw failure_of(error, mailbox_);
            token_refused = true;
            continue;
        }
        if (error.reaction == Reaction::reauthorise)
            token_.lacks_permission(token);
        const auto advice = net::retry_after(response.headers, clock_.now());
        const bool its_own = may_be_its_own(error, advice);
        const bool counted = its_own || may_pass(response, error);
        const bool again = counted ? server_errors-- > 0 : error.finding == Finding::throttled;
        if (!again && its_own)
            throw failure_of(error, mailbox_);
        if (!again)
            co_return response;
        const std::chrono::milliseconds delay = delay_after(attempt, error, advice);
        if (!patience_left.take(delay))
            throw failure_of(error, mailbox_, delay);
        co_await pause(delay);
    }
}

std::chrono::milliseconds Calls::delay_after(int attempt, const GraphError& error,
                                             std::optional<std::chrono::milliseconds> advice)
{
    const double jitter = std::uniform_real_distribution<double>(0, 1)(random_);
    const std::chrono::milliseconds delay = backoff(attempt, jitter, advice);
    // Whoever else works on this mailbox keeps away as well; other mailboxes are not touched.
    if (error.finding == Finding::throttled) {
        closed_until_ = std::max(closed_until_, clock_.now() + delay);
        gate_.close_until(closed_until_);
    }
    return delay;
}

asio::awaitable<void> Calls::pause(std::chrono::milliseconds delay)
{
    metrics_.add(metric::waited, std::chrono::duration<double>(delay).count());
    co_await clock_.sleep_for(delay);
}

asio::awaitable<net::Response> Calls::send(net::Request request, Purpose purpose, int server_errors)
{
    Patience patience_left(patience);
    std::string token;
    co_return co_await send_patiently(std::move(request), purpose, server_errors, 1, 1,
                                      patience_left, token);
}

asio::awaitable<DocumentPtr> Calls::get(std::string url, Purpose purpose)
{
    net::Request request = Calls::request(net::Method::get, std::move(url));
    const net::Response response = co_await send(std::move(request), purpose);
    if (response.status < 200 || response.status >= 300)
        throw failure_of(classify(response, purpose), mailbox_);
    co_return parse_document(response.body);
}

void Calls::note(const GraphError& error, int status, const Purpose& purpose)
{
    metrics_.add(metric::errors, 1, {{"name", error.name}});
    log::debug(log::Area::graph, "Graph did not do it",
               {{"purpose", purpose.label},
                {"status", status},
                {"code", error.code},
                {"failure", error.name},
                {"request_id", error.request_id}});
}

} // namespace crmsync::graph
