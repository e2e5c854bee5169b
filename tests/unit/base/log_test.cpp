#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/spawn_logged.hpp"
#include "support/captured.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>

#include <regex>
#include <stdexcept>
#include <string>

using namespace crmsync;
using crmsync::test::Captured;
namespace asio = boost::asio;

namespace {

/// Levels go back to what a fresh process has.
struct DefaultLevels {
    ~DefaultLevels() { log::set_level(log::Level::info); }
};

asio::awaitable<void> throw_failure(Reaction reaction)
{
    throw Failure(reaction, "test.broken", "it broke");
    co_return;
}
asio::awaitable<void> throw_cancelled()
{
    throw boost::system::system_error(asio::error::operation_aborted);
    co_return;
}
asio::awaitable<void> throw_plain()
{
    throw std::runtime_error("plainly broken");
    co_return;
}

std::string logged_by(asio::awaitable<void> work)
{
    Captured captured;
    asio::io_context context;
    spawn_logged(context.get_executor(), "the task", std::move(work));
    context.run();
    return captured.text();
}

} // namespace

TEST_CASE("an event is one line of time, level, area, sentence and fields")
{
    Captured captured;
    log::info(log::Area::sync, "page committed", {{"mailbox", 12}, {"changes", 50}});
    const std::string text = captured.text();
    CAPTURE(text);
    CHECK(std::regex_match(
        text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  sync     page committed  )"
                         R"(mailbox=12 changes=50\n)")));
}

TEST_CASE("whatever a value holds, an event stays one line")
{
    Captured captured;
    log::warn(log::Area::net, "odd\nanswer",
              {{"a", "x y"}, {"b", "q\"\\"}, {"c", ""}, {"d", "1\r\n2"}});
    const std::string text = captured.text();
    CAPTURE(text);
    CHECK(text.ends_with("odd\\nanswer  a=\"x y\" b=\"q\\\"\\\\\" c=\"\" d=\"1\\x0d\\n2\"\n"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("levels are set area by area")
{
    const DefaultLevels restore;
    CHECK(log::enabled(log::Level::info, log::Area::sql));
    CHECK_FALSE(log::enabled(log::Level::debug, log::Area::sql));
    log::set_level(log::Area::sql, log::Level::debug);
    CHECK(log::enabled(log::Level::debug, log::Area::sql));
    CHECK_FALSE(log::enabled(log::Level::debug, log::Area::net));
    log::set_level(log::Level::error);
    CHECK_FALSE(log::enabled(log::Level::warn, log::Area::sql));

    Captured captured;
    log::warn(log::Area::sql, "not to be seen");
    log::debug(log::Area::net, "not to be seen");
    log::error(log::Area::sql, "seen");
    const std::string text = captured.text();
    CHECK(text.find("not to be seen") == std::string::npos);
    CHECK(text.find("error sql      seen\n") != std::string::npos);
}

TEST_CASE("levels are set by a text, for all areas or some")
{
    const DefaultLevels restore;
    CHECK(log::set_levels("sql=debug, net = error").empty());
    CHECK(log::enabled(log::Level::debug, log::Area::sql));
    CHECK_FALSE(log::enabled(log::Level::warn, log::Area::net));
    CHECK_FALSE(log::enabled(log::Level::debug, log::Area::sync));
    CHECK(log::set_levels("debug,sql=warn").empty());
    CHECK(log::enabled(log::Level::debug, log::Area::net));
    CHECK_FALSE(log::enabled(log::Level::info, log::Area::sql));

    CHECK(log::set_levels("error,sq=debug").find("\"sq=debug\" names no area; they are daemon") ==
          0);
    CHECK(log::set_levels("loud").find("\"loud\" names no level; they are error") == 0);
    CHECK(log::set_levels("sql=").find("\"sql=\" names no level") == 0);
    CHECK(log::enabled(log::Level::debug, log::Area::net)); // as before
}

TEST_CASE("a coroutine nobody waits for leaves its failure in the log")
{
    CHECK(logged_by(throw_failure(Reaction::retry))
              .find("task=\"the task\" failure=test.broken why=\"it broke\"") != std::string::npos);
    CHECK(logged_by(throw_plain()).find("why=\"plainly broken\"") != std::string::npos);
}

TEST_CASE("giving back and being cancelled are no news")
{
    CHECK(logged_by(throw_failure(Reaction::give_back)).empty());
    CHECK(logged_by(throw_cancelled()).empty());
}
