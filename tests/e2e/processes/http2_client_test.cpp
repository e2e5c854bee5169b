#include "base/failure.hpp"
#include "e2e/processes/http2_front.hpp"
#include "net/http_client.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <set>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// A client of its own behind the front, and paths of the simulator that answer at once or never.
struct Client {
    Client()
        : front(stage), options(trusting(stage.folder() / "front.crt")),
          http(io.get_executor(), metrics, options)
    {
        stage.sim("fail", {{"kind", "hold"}, {"path", "/never"}, {"count", 10}});
    }

    static net::HttpOptions trusting(const std::filesystem::path& certificate)
    {
        net::HttpOptions trusting;
        trusting.ca_file = certificate.string();
        return trusting;
    }

    net::Request request(std::string_view path) const
    {
        net::Request request;
        request.url = stage.config.provider_url + std::string(path);
        return request;
    }

    /// Asks for what never comes.
    auto ask_in_vain(std::chrono::milliseconds deadline)
    {
        net::Request never = request("/v1.0/never");
        never.deadline = deadline;
        return start(io, http.send(std::move(never)));
    }

    int ask_at_once() { return run(io, http.send(request("/sim/held"))).status; }

    Stage stage;
    Http2Front front;
    boost::asio::io_context io;
    Metrics metrics;
    net::HttpOptions options;
    net::HttpClient http;
};

std::string failure_name(Arrival<net::Response>& arrival)
{
    try {
        arrival.take();
        return "none";
    } catch (const Failure& failure) {
        return failure.name();
    }
}

std::vector<std::string> connections(const Http2Front& front)
{
    std::vector<std::string> all;
    for (const Http2Front::Served& one : front.served())
        if (one.path == "/sim/held")
            all.push_back(one.connection);
    return all;
}

} // namespace

TEST_CASE("a connection over which nothing comes any more carries no further request")
{
    if (Http2Front::is_missing())
        return;
    Client client;
    CHECK(client.ask_at_once() == 200);
    const auto never = client.ask_in_vain(std::chrono::milliseconds(500));
    client.io.restart();
    client.io.run();
    CHECK(failure_name(*never) == "net.deadline");
    CHECK(client.ask_at_once() == 200);

    const std::vector<std::string> used = connections(client.front);
    REQUIRE(used.size() == 2);
    CHECK(used[0] != used[1]);
}

TEST_CASE("one answer that does not come costs the others on its connection nothing")
{
    if (Http2Front::is_missing())
        return;
    Client client;
    CHECK(client.ask_at_once() == 200);
    const auto never = client.ask_in_vain(std::chrono::seconds(3));
    while (!never->here)
        CHECK(client.ask_at_once() == 200);
    CHECK(failure_name(*never) == "net.deadline");
    CHECK(client.ask_at_once() == 200);

    const std::vector<std::string> used = connections(client.front);
    CHECK(used.size() > 2);
    CHECK(std::set<std::string>(used.begin(), used.end()).size() == 1);
}
