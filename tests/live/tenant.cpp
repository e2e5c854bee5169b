#include "live/tenant.hpp"

#include <fmt/format.h>

#include <utility>

namespace crmsync::live {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

net::TokenRequest token_request(const Access& access)
{
    net::TokenRequest request;
    request.token_url =
        fmt::format("{}/{}/oauth2/v2.0/token", access.authority_url, access.tenant_id);
    request.client_id = access.client_id;
    request.client_secret = access.client_secret;
    request.scope = access.graph_url + "/.default";
    return request;
}

} // namespace

std::string Reply::text(std::string_view name) const
{
    const json::object* members = body.if_object();
    const json::value* member = members ? members->if_contains(name) : nullptr;
    return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

Tenant::Tenant(net::HttpClient& http, Clock& clock, Access access)
    : http_(http), clock_(clock), access_(std::move(access)),
      token_(http, clock, token_request(access_))
{}

asio::awaitable<Reply> Tenant::ask(net::Method method, std::string path, json::value body,
                                   net::Headers headers)
{
    net::Request request;
    request.method = method;
    request.url = path.starts_with("http")
                      ? std::move(path)
                      : fmt::format("{}/v1.0/users/{}{}", access_.graph_url, access_.mailbox, path);
    request.headers = std::move(headers);
    std::string prefer = R"(IdType="ImmutableId")";
    for (net::Header& header : request.headers)
        if (header.name == "Prefer")
            header.value = std::exchange(prefer, "") + ", " + header.value;
    if (!prefer.empty())
        request.headers.push_back({"Prefer", std::move(prefer)});
    if (!body.is_null()) {
        request.body = json::serialize(body);
        request.headers.push_back({"Content-Type", "application/json"});
    }
    const std::string token = co_await token_.get();
    request.headers.push_back({"Authorization", "Bearer " + token});
    const net::Response response = co_await http_.send(std::move(request));
    Reply reply;
    reply.status = response.status;
    boost::system::error_code broken;
    reply.body = json::parse(response.body, broken);
    if (broken)
        reply.body = nullptr;
    co_return reply;
}

asio::awaitable<Reply> Tenant::get(std::string path)
{
    co_return co_await ask(net::Method::get, std::move(path));
}

asio::awaitable<Reply> Tenant::patch(std::string path, json::value body, net::Headers headers)
{
    co_return co_await ask(net::Method::patch, std::move(path), std::move(body),
                           std::move(headers));
}

asio::awaitable<Reply> Tenant::post(std::string path, json::value body)
{
    co_return co_await ask(net::Method::post, std::move(path), std::move(body));
}

} // namespace crmsync::live
