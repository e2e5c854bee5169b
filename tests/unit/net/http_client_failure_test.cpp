#include "net/http_client.hpp"
#include "net/net_metrics.hpp"
#include "net_fixture.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::net;
using crmsync::test::Answer;
using crmsync::test::LoopbackServer;
using crmsync::test::Net;
using crmsync::test::Received;

namespace {

Answer text(std::string body)
{
    Answer answer;
    answer.body = std::move(body);
    return answer;
}

LoopbackServer::Script always(Answer answer)
{
    return [answer = std::move(answer)](const Received&) { return answer; };
}

} // namespace

TEST_CASE("a connection cut in the middle of a body is broken, however the body was sent")
{
    Answer answer = text(std::string(100'000, 'x'));
    answer.cut_after = 40'000;
    answer.chunked = GENERATE(false, true);
    Net net(always(answer));
    const auto failure = net.failure(net.get("/"));
    REQUIRE(failure);
    CHECK(failure->name() == "net.broken");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::retry));
    CHECK(net.metrics.value(http_requests_total,
                            {{"host", fmt::format("127.0.0.1:{}", net.server.port())},
                             {"status", "net.broken"}}) == 1);
}

TEST_CASE("a kept connection that the server has closed is replaced without a failure")
{
    Answer answer = text("x");
    answer.close = true;
    Net net(always(answer));
    for (int i = 0; i < 3; ++i)
        CHECK(net.send(net.get("/")).body == "x");
    CHECK(net.server.connections() == 3);
}

TEST_CASE("a port where nobody listens is unreachable")
{
    Net net(always(text("")));
    Request request;
    {
        Net closed(always(text("")));
        request = closed.get("/?token=secret");
    }
    const auto failure = net.failure(request);
    REQUIRE(failure);
    CHECK(failure->name() == "net.unreachable");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::retry));
    CHECK_THAT(failure->message(), !Catch::Contains("secret"));
}

TEST_CASE("a host that has no address is unreachable")
{
    Net net(always(text("")));
    Request request;
    request.url = "http://no-such-host.invalid/";
    const auto failure = net.failure(request);
    REQUIRE(failure);
    CHECK(failure->name() == "net.unreachable");
    CHECK_THAT(failure->message(), Catch::Contains("no-such-host.invalid"));
}

TEST_CASE("a URL that is none stops the mailbox")
{
    Net net(always(text("")));
    for (const char* url : {"", "nonsense://x/", "file:///etc/passwd", "http://"}) {
        CAPTURE(url);
        Request request;
        request.url = url;
        const auto failure = net.failure(request);
        REQUIRE(failure);
        CHECK(failure->name() == "net.bad_url");
        CHECK(to_string(failure->reaction()) == to_string(Reaction::reauthorise));
    }
}

TEST_CASE("an answer over the limit is set aside, whether or not it announced its size")
{
    Answer answer = text(std::string(100'001, 'x'));
    answer.chunked = GENERATE(false, true);
    Net net(always(answer));
    Request request = net.get("/");
    request.max_body = 100'000;
    const auto failure = net.failure(request);
    REQUIRE(failure);
    CHECK(failure->name() == "net.answer_too_large");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::set_aside));

    request.max_body = 100'001;
    CHECK(net.send(request).body.size() == 100'001);
}
