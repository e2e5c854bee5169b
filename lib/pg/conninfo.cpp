#include "pg/conninfo.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "pg/sqlstate.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace crmsync::pg {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Addresses = std::vector<std::string>;

std::string value_of(const ConnectionParameters& parameters, std::string_view key)
{
    const auto found = std::ranges::find(parameters, key, &ConnectionParameters::value_type::first);
    return found == parameters.end() ? std::string() : found->second;
}

void replace(ConnectionParameters& parameters, const std::string& key, std::string value)
{
    std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == key; });
    parameters.emplace_back(key, std::move(value));
}

bool needs_lookup(std::string_view host)
{
    if (host.empty() || host.front() == '/' || host.front() == '@')
        return false;
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    return static_cast<bool>(not_an_address);
}

asio::awaitable<Addresses> look_up(std::string host, std::chrono::milliseconds deadline)
{
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    asio::steady_timer timer(executor, deadline);
    auto answer = resolver.async_resolve(host, "", asio::deferred);
    auto expiry = timer.async_wait(asio::deferred);
    auto first = asio::experimental::make_parallel_group(std::move(answer), std::move(expiry));
    const auto [order, error, endpoints, timer_error] =
        co_await first.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);

    if (order[0] == 0 && error == asio::error::operation_aborted)
        throw boost::system::system_error(error);
    if (order[0] != 0 || error)
        throw Failure(Reaction::retry, "pg.unreachable",
                      fmt::format("the database's host name {} in database.url was not found ({})",
                                  host, order[0] != 0 ? "no answer in time" : error.message()));
    Addresses addresses;
    for (const auto& endpoint : endpoints)
        addresses.push_back(endpoint.endpoint().address().to_string());
    co_return addresses;
}

} // namespace

ConnectionParameters parse_url(const std::string& url)
{
    char* raw_message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(url.c_str(), &raw_message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> message(raw_message, &PQfreemem);
    if (!options) {
        // Quoted parts of the message are parts of the URL, which may hold a password.
        throw Failure(Reaction::stop, "pg.url",
                      fmt::format("the database's URL cannot be read: {}",
                                  public_message("22000", message ? message.get() : "no memory")));
    }
    ConnectionParameters parameters;
    for (const PQconninfoOption* o = options.get(); o->keyword; ++o)
        if (o->val)
            parameters.emplace_back(o->keyword, o->val);
    return parameters;
}

asio::awaitable<ConnectionParameters> resolve_hosts(ConnectionParameters parameters,
                                                    std::chrono::milliseconds deadline)
{
    std::string host_list = value_of(parameters, "host");
    if (const char* from_environment = std::getenv("PGHOST"); host_list.empty() && from_environment)
        host_list = from_environment;
    const auto hosts = split(host_list, ',');
    if (!value_of(parameters, "hostaddr").empty() || std::ranges::none_of(hosts, needs_lookup))
        co_return parameters;

    const std::string port_list = value_of(parameters, "port");
    const auto ports = split(port_list, ',');
    std::vector<std::string> names, addresses, name_ports;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const std::string host(hosts[i]);
        Addresses found;
        if (needs_lookup(host))
            found = co_await look_up(host, deadline);
        else
            found.push_back(host.starts_with('/') ? std::string() : host);
        for (std::string& address : found) {
            names.push_back(host);
            addresses.push_back(std::move(address));
            name_ports.emplace_back(i < ports.size() ? ports[i] : ports.front());
        }
    }
    replace(parameters, "host", join(names, ","));
    replace(parameters, "hostaddr", join(addresses, ","));
    replace(parameters, "port", join(name_ports, ","));
    co_return parameters;
}

} // namespace crmsync::pg
