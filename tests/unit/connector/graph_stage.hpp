#pragma once

#include "base/metrics.hpp"
#include "connector/graph/graph_connector.hpp"
#include "support/loopback_server.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace crmsync::test {

/// The status, extra headers (a JSON object) and body (JSON text) of one part of a batch.
struct PartReply {
    int status = 200;
    std::string body = "null";
    std::string headers = R"({"Content-Type": "application/json"})";
};

/// A connector in front of a server that answers what the test says, on a clock that jumps.
class GraphStage {
public:
    using Script = std::function<Answer(const Received&)>;

    explicit GraphStage(Script graph)
        : graph_(std::move(graph)),
          server_(context_, [this](const Received& r) { return answer(r); }),
          http_(context_.get_executor(), metrics_), token_(http_, clock_, token_request()),
          connector(http_, token_, clock_, metrics_, server_.url(""), MailboxId(7),
                    "kim@contoso.example")
    {
        clock_.count_operations([this] { return http_.running(); });
    }

    /// Drives a call to its end; time jumps whenever everything waits for it.
    template <class T>
    T go(boost::asio::awaitable<T> work)
    {
        const auto arrival = start(context_, std::move(work));
        clock_.run_until(
            context_, [&] { return arrival->here; }, now() + std::chrono::hours(1));
        if (!arrival->here)
            throw std::runtime_error("the call waits for something that never comes");
        return arrival->take();
    }

    Timestamp now() const { return clock_.now(); }
    std::string url(std::string_view path) const
    {
        return server_.url("/v1.0" + std::string(path));
    }
    /// The requests to Graph, without those for tokens.
    const std::vector<Received>& requests() const { return requests_; }
    int tokens() const { return tokens_; }
    double counted(const MetricName& metric, const Labels& labels) const
    {
        return metrics_.value(metric, labels);
    }
    boost::asio::io_context& context() { return context_; }
    int running() const { return http_.running(); }

private:
    net::TokenRequest token_request() const
    {
        net::TokenRequest request;
        request.token_url = server_.url("/tenant/oauth2/v2.0/token");
        request.client_id = "app";
        request.scope = "https://graph.example/.default";
        request.client_secret = "secret";
        return request;
    }

    Answer answer(const Received& request)
    {
        if (request.target.starts_with("/tenant/")) {
            Answer token;
            token.headers = {{"Content-Type", "application/json"}};
            token.body = R"({"token_type":"Bearer","expires_in":3599,"access_token":"token)" +
                         std::to_string(++tokens_) + "\"}";
            return token;
        }
        requests_.push_back(request);
        return graph_(request);
    }

    Script graph_;
    ManualClock clock_{*parse_timestamp("2026-03-02T09:00:00Z")};
    boost::asio::io_context context_;
    LoopbackServer server_;
    Metrics metrics_;
    net::HttpClient http_;
    net::OAuthToken token_;
    std::vector<Received> requests_;
    int tokens_ = 0;

public:
    graph::GraphConnector connector;
};

inline Answer json_answer(int status, std::string body, HeaderLines headers = {})
{
    Answer answer;
    answer.status = status;
    answer.headers = std::move(headers);
    answer.headers.emplace_back("Content-Type", "application/json");
    answer.body = std::move(body);
    return answer;
}

inline std::string error_body(std::string_view code)
{
    return R"({"error": {"code": ")" + std::string(code) + R"(", "message": "text"}})";
}

inline bool is_batch(const Received& request) { return request.target.ends_with("/$batch"); }

inline std::vector<boost::json::object> parts_of(const Received& request)
{
    std::vector<boost::json::object> parts;
    const boost::json::value batch = boost::json::parse(request.body);
    for (const boost::json::value& part : batch.at("requests").as_array())
        parts.push_back(part.as_object());
    return parts;
}

inline std::string word(const boost::json::object& part, std::string_view key)
{
    return std::string(part.at(key).as_string());
}

/// Answers each part as `reply` says, last part first; a status of 0 leaves the part out.
inline Answer batch_answer(const Received& request,
                           const std::function<PartReply(const boost::json::object&)>& reply)
{
    std::string text;
    for (const boost::json::object& part : parts_of(request)) {
        const PartReply r = reply(part);
        if (r.status == 0)
            continue;
        text.insert(0, fmt::format(R"({{"id": "{}", "status": {}, "headers": {}, "body": {}}}{})",
                                   word(part, "id"), r.status, r.headers, r.body,
                                   text.empty() ? "" : ","));
    }
    return json_answer(200, R"({"responses": [)" + text + "]}");
}

/// Answers by URL: each part of a batch as batch_answer does, and a request by itself.
inline GraphStage::Script by_url(std::function<PartReply(const std::string& url)> reply)
{
    return [reply = std::move(reply)](const Received& request) {
        if (is_batch(request))
            return batch_answer(
                request, [&](const boost::json::object& part) { return reply(word(part, "url")); });
        PartReply alone = reply(request.target);
        return json_answer(alone.status, std::move(alone.body));
    };
}

/// A page of changes with its link: the next one's, or where the next round starts.
inline std::string page(std::string_view link, std::string_view rows = "", bool last = true)
{
    return R"({"@odata.)" + std::string(last ? "deltaLink" : "nextLink") + R"(": ")" +
           std::string(link) + R"(", "value": [)" + std::string(rows) + "]}";
}

template <class T, class... Answers>
const T& as(const std::variant<Answers...>& answer)
{
    REQUIRE(std::holds_alternative<T>(answer));
    return std::get<T>(answer);
}

template <class Call>
Failure failure_of(Call call)
{
    try {
        call();
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("no failure");
    throw std::logic_error("unreachable");
}

} // namespace crmsync::test
