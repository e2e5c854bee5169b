#include "base/timestamp.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <string>

using namespace crmsync;
using namespace std::chrono_literals;

namespace {

std::string round_trip(std::string_view text)
{
    const auto at = parse_timestamp(text);
    return at ? format_timestamp(*at) : "none";
}

} // namespace

TEST_CASE("moments in every form that RFC 3339 allows")
{
    struct Row {
        std::string text, moment;
    };
    const Row row = GENERATE(values<Row>({
        {"2026-03-02T09:15:00Z", "2026-03-02T09:15:00Z"},
        {"2026-03-02t09:15:00z", "2026-03-02T09:15:00Z"},
        {"2026-03-02T09:15:00.5Z", "2026-03-02T09:15:00.500000Z"},
        {"2026-03-02T09:15:00.000001Z", "2026-03-02T09:15:00.000001Z"},
        {"2026-03-02T09:15:00.123456789Z", "2026-03-02T09:15:00.123456Z"},
        {"2026-03-02T09:15:00.0000000Z", "2026-03-02T09:15:00Z"},
        {"2026-03-02T09:15:00+02:00", "2026-03-02T07:15:00Z"},
        {"2026-03-02T23:15:00-05:30", "2026-03-03T04:45:00Z"},
        {"2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        {"1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250000Z"},
    }));
    CAPTURE(row.text);
    CHECK(round_trip(row.text) == row.moment);
}

TEST_CASE("what is no moment is nothing")
{
    const std::string text = GENERATE(
        "", "2026", "2026-03-02", "2026-03-02T09:15:00", "2026-03-02 09:15:00Z",
        "2026-03-02T09:15Z", "2026-13-02T09:15:00Z", "2026-00-02T09:15:00Z", "2026-02-29T09:15:00Z",
        "2026-03-32T09:15:00Z", "2026-03-02T24:00:00Z", "2026-03-02T09:60:00Z",
        "2026-03-02T09:15:61Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
        "2026-03-02T09:15:00.1234567890Z", "2026-03-02T09:15:00+24:00", "2026-03-02T09:15:00+02:60",
        "2026-03-02T09:15:00+0200", "2026-03-02T09:15:00Zx", " 2026-03-02T09:15:00Z",
        "-026-03-02T09:15:00Z", "2026-3-2T09:15:00Z", "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00", "2026-03-02T09:15:00ZZ");
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
}

TEST_CASE("a written moment reads as the same moment")
{
    rc::prop("any microsecond of the years 1 to 9999", [] {
        const auto first = *parse_timestamp("0001-01-01T00:00:00Z");
        const auto last = *parse_timestamp("9999-12-31T23:59:59.999999Z");
        const Timestamp at{std::chrono::microseconds(*rc::gen::inRange<std::int64_t>(
            first.time_since_epoch().count(), last.time_since_epoch().count()))};
        RC_ASSERT(parse_timestamp(format_timestamp(at)) == at);
    });
    rc::prop("no text breaks the reader", [](const std::string& text) {
        const auto at = parse_timestamp(text);
        RC_ASSERT(!at || parse_timestamp(format_timestamp(*at)) == at);
    });
}

TEST_CASE("spans are a number and a unit")
{
    CHECK(parse_duration("60s") == 60s);
    CHECK(parse_duration("15m") == 15min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("30d") == 24h * 30);
    CHECK(parse_duration("0s") == 0s);
    for (const char* text : {"", "s", "60", "-1s", "1.5h", "1 s", "1ms", "1w", "60S", "s60",
                             "99999999999s", "4000000000d", "36526d", "0x1s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text));
    }
    CHECK(parse_duration("36525d"));
}
