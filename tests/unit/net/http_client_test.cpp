#include "base/deadline.hpp"
#include "net/http_client.hpp"
#include "net/net_metrics.hpp"
#include "net_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::net;
using crmsync::test::Answer;
using crmsync::test::header_value;
using crmsync::test::Hold;
using crmsync::test::LoopbackServer;
using crmsync::test::Net;
using crmsync::test::Received;
using namespace std::chrono_literals;

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

TEST_CASE("an answer brings status, headers and body")
{
    Answer answer = text("gone");
    answer.status = 410;
    answer.headers = {{"Request-Id", "abc"}, {"X-Empty", ""}};
    Net net(always(answer));

    const Response response = net.send(net.get("/v1.0/x?y=1"));
    CHECK(response.status == 410);
    CHECK(response.body == "gone");
    CHECK(find(response.headers, "request-id") == "abc");
    CHECK(find(response.headers, "x-empty") == "");
    CHECK(find(response.headers, "missing") == "");
    REQUIRE(net.server.received().size() == 1);
    CHECK(net.server.received()[0].method == "GET");
    CHECK(net.server.received()[0].target == "/v1.0/x?y=1");
}

TEST_CASE("the method, the headers and the body of a request arrive as given")
{
    Net net(always(text("")));
    Request request = net.get("/me");
    request.method = Method::patch;
    request.headers = {{"Content-Type", "application/json"},
                       {"If-Match", "W/\"x\""},
                       {"Prefer", "return=minimal"},
                       {"X-Empty", ""}};
    request.body = std::string("{\"a\":\0}", 7);
    net.send(request);

    REQUIRE(net.server.received().size() == 1);
    const Received& got = net.server.received()[0];
    CHECK(got.method == "PATCH");
    CHECK(got.body == request.body);
    CHECK(header_value(got.headers, "Content-Type") == "application/json");
    CHECK(header_value(got.headers, "If-Match") == "W/\"x\"");
    CHECK(header_value(got.headers, "Prefer") == "return=minimal");
    CHECK(header_value(got.headers, "User-Agent") == "crmsync");
    CHECK(header_value(got.headers, "Accept-Encoding") == "gzip");
}

TEST_CASE("a handle used for a POST leaves nothing behind for the GET after it")
{
    Net net(always(text("")));
    Request post = net.get("/a");
    post.method = Method::post;
    post.body = "x=1";
    post.headers = {{"X-Once", "1"}};
    net.send(post);
    net.send(net.get("/b"));
    Request remove = net.get("/c");
    remove.method = Method::delete_;
    net.send(remove);

    REQUIRE(net.server.received().size() == 3);
    CHECK(net.server.received()[1].method == "GET");
    CHECK(net.server.received()[1].body == "");
    CHECK(header_value(net.server.received()[1].headers, "X-Once") == "");
    CHECK(header_value(net.server.received()[1].headers, "Content-Length") == "");
    CHECK(net.server.received()[2].method == "DELETE");
    CHECK(net.server.connections() == 1);
}

TEST_CASE("an empty POST says Content-Length: 0 and asks for no 100 Continue")
{
    Net net(always(text("")));
    for (const Method method : {Method::post, Method::patch, Method::put}) {
        Request request = net.get("/send");
        request.method = method;
        net.send(request);
        const Received& got = net.server.received().back();
        CHECK(header_value(got.headers, "Content-Length") == "0");
        CHECK(header_value(got.headers, "Content-Type") == "");
    }
    Request large = net.get("/large");
    large.method = Method::post;
    large.body.assign(2'000'000, 'x');
    net.send(large);
    CHECK(net.server.received().back().body.size() == 2'000'000);
    CHECK(header_value(net.server.received().back().headers, "Expect") == "");
}

TEST_CASE("a chunked answer is put together")
{
    Answer answer = text(std::string(10'001, 'c'));
    answer.chunked = true;
    Net net(always(answer));
    CHECK(net.send(net.get("/")).body == answer.body);
}

TEST_CASE("a compressed answer arrives unpacked")
{
    constexpr unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
                                        0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0xc8, 0xc0, 0xa4,
                                        0x00, 0x55, 0xa3, 0x82, 0x77, 0x1a, 0x00, 0x00, 0x00};
    Answer answer = text(std::string(reinterpret_cast<const char*>(packed), sizeof packed));
    answer.headers = {{"Content-Encoding", "gzip"}};
    Net net(always(answer));
    CHECK(net.send(net.get("/")).body == "hello, hello, hello, hello");

    answer.body[10] = 0x07; // a kind of block that does not exist
    Net broken(always(answer));
    const auto failure = broken.failure(broken.get("/"));
    REQUIRE(failure);
    CHECK(failure->name() == "net.broken");
}

TEST_CASE("a redirect is an answer and is not followed")
{
    Net elsewhere(always(text("")));
    Answer answer;
    answer.status = 302;
    answer.headers = {{"Location", elsewhere.server.url("/stolen")}};
    Net net(always(answer));
    Request request = net.get("/");
    request.headers = {{"Authorization", "Bearer secret"}};
    CHECK(net.send(request).status == 302);
    CHECK(elsewhere.server.connections() == 0);
}

TEST_CASE("64 requests at once are all under way together and each gets its own answer")
{
    const auto hold = std::make_shared<Hold>();
    Net net([&](const Received& request) {
        Answer answer = text(request.target);
        answer.hold = hold;
        return answer;
    });

    std::vector<std::shared_ptr<test::Arrival<Response>>> arrivals;
    for (int i = 0; i < 64; ++i)
        arrivals.push_back(
            test::start(net.context, net.http->send(net.get(fmt::format("/{}", i)))));
    net.until([&] { return hold->waiting() == 64; });
    CHECK(net.http->running() == 64);

    hold->open();
    net.until([&] {
        return std::all_of(arrivals.begin(), arrivals.end(), [](auto& a) { return a->here; });
    });
    for (int i = 0; i < 64; ++i)
        CHECK(arrivals[static_cast<std::size_t>(i)]->take().body == fmt::format("/{}", i));
    CHECK(net.http->running() == 0);

    // The connections are kept: another round needs no new one.
    for (int i = 0; i < 10; ++i)
        net.send(net.get("/again"));
    CHECK(net.server.connections() == 64);
}

TEST_CASE("more requests than connections allowed wait for their turn")
{
    HttpOptions options;
    options.max_connections = 4;
    Net net([](const Received& request) { return text(request.target); }, options);
    std::vector<std::shared_ptr<test::Arrival<Response>>> arrivals;
    for (int i = 0; i < 64; ++i)
        arrivals.push_back(
            test::start(net.context, net.http->send(net.get(fmt::format("/{}", i)))));
    net.until([&] {
        return std::all_of(arrivals.begin(), arrivals.end(), [](auto& a) { return a->here; });
    });
    for (int i = 0; i < 64; ++i)
        CHECK(arrivals[static_cast<std::size_t>(i)]->take().body == fmt::format("/{}", i));
    CHECK(net.server.connections() <= 4);
}

TEST_CASE("an answer that never comes ends at the deadline")
{
    const auto hold = std::make_shared<Hold>();
    Net net([&](const Received&) {
        Answer answer;
        answer.hold = hold;
        return answer;
    });
    Request request = net.get("/slow?token=secret");
    request.deadline = 50ms;
    const auto failure = net.failure(request);
    REQUIRE(failure);
    CHECK(failure->name() == "net.deadline");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::retry));
    CHECK_THAT(failure->message(), Catch::Contains("127.0.0.1:"));
    CHECK_THAT(failure->message(), !Catch::Contains("secret"));
    CHECK(net.http->running() == 0);
}

TEST_CASE("a cancelled request stops at once, closes its connection and leaves the others alone")
{
    const auto hold = std::make_shared<Hold>();
    Net net([&](const Received& request) {
        Answer answer = text(request.target);
        answer.hold = hold;
        return answer;
    });
    boost::asio::cancellation_signal signal;
    std::exception_ptr thrown;
    bool ended = false;
    boost::asio::co_spawn(
        net.context, net.http->send(net.get("/cancelled")),
        boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e, Response) {
            thrown = e;
            ended = true;
        }));
    const auto other = test::start(net.context, net.http->send(net.get("/other")));
    net.until([&] { return hold->waiting() == 2; });

    signal.emit(boost::asio::cancellation_type::terminal);
    net.until([&] { return ended; });
    CHECK_THROWS_AS(std::rethrow_exception(thrown), boost::system::system_error);
    CHECK(net.http->running() == 1);

    hold->open();
    net.until([&] { return other->here; });
    CHECK(other->take().body == "/other");
    CHECK(net.http->running() == 0);
}

TEST_CASE("a deadline around a request reports itself and not a cancellation")
{
    const auto hold = std::make_shared<Hold>();
    Net net([&](const Received&) {
        Answer answer;
        answer.hold = hold;
        return answer;
    });
    SystemClock clock;
    try {
        test::run(net.context, within(clock, 20ms, net.http->send(net.get("/"))));
        FAIL("the answer was held back");
    } catch (const Failure& failure) {
        CHECK(failure.name() == "deadline.passed");
    }
    CHECK(net.http->running() == 0);
}

TEST_CASE("a client that goes away ends its requests")
{
    const auto hold = std::make_shared<Hold>();
    Net net([&](const Received&) {
        Answer answer;
        answer.hold = hold;
        return answer;
    });
    const auto arrival = test::start(net.context, net.http->send(net.get("/")));
    net.until([&] { return hold->waiting() == 1; });
    net.http.reset();
    net.until([&] { return arrival->here; });
    CHECK_THROWS_AS(arrival->take(), boost::system::system_error);
}

TEST_CASE("a client goes away between an answer and the one who waits for it")
{
    Net net(always(text("x")));
    const auto arrival = test::start(net.context, net.http->send(net.get("/")));
    net.until([&] { return net.server.received().size() == 1 && net.http->running() == 0; });
    REQUIRE_FALSE(arrival->here);
    net.http.reset();
    net.until([&] { return arrival->here; });
    CHECK_THROWS_AS(arrival->take(), boost::system::system_error);
}

TEST_CASE("a dropped body leaves status and headers, of any size")
{
    Answer answer = text(std::string(300'000, 'x'));
    answer.headers = {{"ETag", "W/\"1\""}};
    Net net(always(answer));
    Request request = net.get("/");
    request.drop_body = true;
    request.max_body = 10;
    const Response response = net.send(request);
    CHECK(response.status == 200);
    CHECK(response.body.empty());
    CHECK(find(response.headers, "etag") == "W/\"1\"");
}

TEST_CASE("each request has a step before it goes out and one after its answer")
{
    std::vector<std::string> steps;
    Net net(always(text("x")), {}, [&](std::string_view step) { steps.emplace_back(step); });
    net.send(net.get("/"));
    CHECK(steps == std::vector<std::string>{"http.send", "http.answer"});
}

TEST_CASE("a program cut off before a request sends nothing")
{
    Net net(always(text("x")), {}, [](std::string_view) { throw std::runtime_error("cut"); });
    CHECK_THROWS_AS(net.send(net.get("/")), std::runtime_error);
    CHECK(net.server.received().empty());
    CHECK(net.http->running() == 0);
}

TEST_CASE("requests are counted by host and status")
{
    Net net(always(text("x")));
    net.send(net.get("/"));
    net.send(net.get("/"));
    const std::string host = fmt::format("127.0.0.1:{}", net.server.port());
    CHECK(net.metrics.value(http_requests_total, {{"host", host}, {"status", "200"}}) == 2);
}

TEST_CASE("the io_context ends when no request is under way")
{
    Metrics metrics;
    boost::asio::io_context context;
    HttpClient http(context.get_executor(), metrics);
    Request request;
    request.url = "http://127.0.0.1:1/";
    const auto arrival = test::start(context, http.send(request));
    context.run();
    CHECK(arrival->here);
}
