#include "base/uuid.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace crmsync;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *parse_timestamp("2026-03-02T09:15:00.123456Z");

} // namespace

TEST_CASE("a new id carries the time, the version and chance")
{
    const std::string text = to_string(make_uuid(start));
    REQUIRE(text.size() == 36);
    CHECK(text.substr(0, 13) == "019cadd4-569b"); // 1772442900123 ms
    CHECK(text[14] == '7');
    CHECK(std::string("89ab").find(text[19]) != std::string::npos);
    std::set<Uuid> many;
    for (int i = 0; i < 1000; ++i)
        many.insert(make_uuid(start));
    CHECK(many.size() == 1000);
}

TEST_CASE("later ids are greater")
{
    CHECK(make_uuid(start) < make_uuid(start + 1ms));
    CHECK(to_string(make_uuid(start)) < to_string(make_uuid(start + 24h)));
}

TEST_CASE("an id reads as it is written, in either case")
{
    const Uuid uuid = make_uuid(start);
    CHECK(parse_uuid(to_string(uuid)) == uuid);
    CHECK(to_string(*parse_uuid("0195540B-8AFB-7ABC-8DEF-0123456789aB")) ==
          "0195540b-8afb-7abc-8def-0123456789ab");
}

TEST_CASE("what is no id is nothing")
{
    const std::string text =
        GENERATE("", "0195540b8afb7abc8def0123456789ab", "0195540b-8afb-7abc-8def-0123456789a",
                 "0195540b-8afb-7abc-8def-0123456789abc", "0195540b-8afb-7abc-8def-0123456789ag",
                 "0195540b_8afb_7abc_8def_0123456789ab", "-195540b-8afb-7abc-8def-0123456789ab",
                 "{195540b-8afb-7abc-8def-0123456789a}");
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
}
