#include "admin/router.hpp"
#include "base/failure.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::admin;
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

Handler says(std::string text)
{
    return [text](const HttpRequest&) -> asio::awaitable<Reply> {
        Reply reply;
        reply.body = text;
        co_return reply;
    };
}

asio::awaitable<Reply> fails(const HttpRequest&)
{
    throw Failure(Reaction::retry, "pg.unreachable", "the database is in the cellar");
    co_return Reply();
}

Router router()
{
    Router made;
    made.add(http::verb::get, "/here", says("here\n"));
    made.add(http::verb::post, "/here", says("posted\n"));
    made.add(http::verb::post, "/only-post", says("posted\n"));
    made.add(http::verb::get, "/broken", fails);
    return made;
}

Reply ask(http::verb method, std::string target)
{
    asio::io_context io;
    const Router served = router();
    const HttpRequest request(method, target, 11);
    return test::run(io, served.handle(request));
}

} // namespace

TEST_CASE("a request finds its handler by method and path")
{
    CHECK(ask(http::verb::get, "/here").body == "here\n");
    CHECK(ask(http::verb::get, "/here").status == 200);
    CHECK(ask(http::verb::post, "/here").body == "posted\n");
}

TEST_CASE("what stands behind the question mark is not the path")
{
    CHECK(ask(http::verb::get, "/here?a=/there").body == "here\n");
    CHECK(ask(http::verb::get, "/here?").body == "here\n");
    CHECK(ask(http::verb::get, "?/here").status == 404);
}

TEST_CASE("a path nobody serves is 404, whatever is close to it")
{
    for (const char* path : {"/", "", "/her", "/here/", "/Here", "//here", "/nowhere"}) {
        INFO(path);
        CHECK(ask(http::verb::get, path).status == 404);
    }
}

TEST_CASE("a method nobody serves there is 405")
{
    CHECK(ask(http::verb::delete_, "/here").status == 405);
    CHECK(ask(http::verb::delete_, "/here").allow.find("GET, HEAD") != std::string::npos);
    CHECK(ask(http::verb::get, "/nowhere").allow.empty());
    CHECK(ask(http::verb::get, "/only-post").status == 405);
}

TEST_CASE("HEAD is answered where GET is")
{
    CHECK(ask(http::verb::head, "/here").status == 200);
    CHECK(ask(http::verb::head, "/only-post").status == 405);
    CHECK(ask(http::verb::head, "/nowhere").status == 404);
}

TEST_CASE("a handler that throws is 500, and the reason stays inside")
{
    const Reply reply = ask(http::verb::get, "/broken");
    CHECK(reply.status == 500);
    CHECK(reply.body.find("cellar") == std::string::npos);
}
