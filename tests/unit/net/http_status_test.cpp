#include "net/http_status.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::net;
using namespace std::chrono_literals;

namespace {

const Timestamp now = *parse_timestamp("2026-03-02T09:15:00Z");

std::optional<std::chrono::milliseconds> after(std::string value)
{
    return retry_after({{"retry-after", std::move(value)}}, now);
}

} // namespace

TEST_CASE("Retry-After is understood as whole seconds, as a fraction and as a date")
{
    CHECK(after("10") == 10s);
    CHECK(after(" 7 ") == 7s);
    CHECK(after("2.128") == 2128ms);
    CHECK(after("0.0001") == 1ms);
    CHECK(after("0") == 0s);
    CHECK(after("Mon, 02 Mar 2026 09:16:30 GMT") == 90s);
    CHECK(after("Monday, 02-Mar-26 09:16:30 GMT") == 90s);
    CHECK(after("Mon Mar  2 09:16:30 2026") == 90s);
}

TEST_CASE("a Retry-After that makes no sense is as good as none")
{
    CHECK(retry_after({}, now) == std::nullopt);
    for (const char* nonsense : {"", "soon", "1 minute", "12:30", "0x10", "nan", "inf", "1e3"}) {
        CAPTURE(nonsense);
        CHECK(after(nonsense) == std::nullopt);
    }
}

TEST_CASE("a Retry-After of the past means now, one of years means a day")
{
    CHECK(after("-5") == 0s);
    CHECK(after("Mon, 02 Mar 2020 09:16:30 GMT") == 0s);
    CHECK(after("99999999999999999999") == 24h);
    CHECK(after("Mon, 02 Mar 2037 09:16:30 GMT") == 24h);
}

TEST_CASE("a Retry-After date is measured from the server's own time")
{
    const Headers headers{{"Date", "Mon, 02 Mar 2026 11:00:00 GMT"},
                          {"Retry-After", "Mon, 02 Mar 2026 11:00:20 GMT"}};
    CHECK(retry_after(headers, now) == 20s);
}

TEST_CASE("each status has its reaction")
{
    struct Row {
        int status;
        Reaction reaction;
    };
    const Row rows[] = {
        {302, Reaction::stop},      {400, Reaction::set_aside}, {401, Reaction::reauthorise},
        {403, Reaction::stop},      {404, Reaction::set_aside}, {409, Reaction::set_aside},
        {412, Reaction::set_aside}, {413, Reaction::set_aside}, {418, Reaction::set_aside},
        {423, Reaction::retry},     {429, Reaction::wait},      {500, Reaction::retry},
        {502, Reaction::retry},     {503, Reaction::wait},      {504, Reaction::retry},
        {507, Reaction::stop},      {509, Reaction::wait},      {599, Reaction::retry},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        const auto advice = advice_for({row.status, {}, {}}, now);
        REQUIRE(advice);
        CHECK(to_string(advice->reaction) == to_string(row.reaction));
        CHECK_FALSE(advice->meaning.empty());
        CHECK(advice->after == std::nullopt);
    }
    CHECK_FALSE(advice_for({200, {}, {}}, now));
    CHECK_FALSE(advice_for({204, {}, {}}, now));
}

TEST_CASE("a server error that says when to come back is waited out")
{
    const auto advice = advice_for({500, {{"Retry-After", "3"}}, {}}, now);
    REQUIRE(advice);
    CHECK(to_string(advice->reaction) == to_string(Reaction::wait));
    CHECK(advice->after == 3s);
}
