#include "pg/column_text.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::pg;
using Texts = std::vector<std::string>;

TEST_CASE("timestamps as PostgreSQL writes them")
{
    const auto same = [](std::string_view postgres, std::string_view rfc) {
        return timestamp_from(postgres) == parse_timestamp(rfc);
    };
    CHECK(same("2026-03-02 09:15:00+00", "2026-03-02T09:15:00Z"));
    CHECK(same("2026-03-02 09:15:00.5+00", "2026-03-02T09:15:00.5Z"));
    CHECK(same("2026-03-02 09:15:00.000001+00", "2026-03-02T09:15:00.000001Z"));
    CHECK(same("2026-03-02 10:45:00+01:30", "2026-03-02T09:15:00Z"));
    CHECK(same("2026-03-02 01:15:00-08", "2026-03-02T09:15:00Z"));
    CHECK(same("1890-01-01 00:53:28+00:53:28", "1890-01-01T00:00:00Z"));
    CHECK(same("0001-01-01 00:00:00+00", "0001-01-01T00:00:00Z"));

    using namespace std::chrono;
    CHECK(timestamp_from("0001-12-31 00:00:00+00 BC") == sys_days{year{0} / December / 31});
    CHECK(timestamp_from("10000-01-01 00:00:00+00") == sys_days{year{10000} / January / 1});
}

TEST_CASE("what is no moment is nothing")
{
    for (const char* text :
         {"", "infinity", "-infinity", "2026-03-02", "2026-03-02 09:15:00",
          "2026-02-30 00:00:00+00", "2026-03-02 09:15:00.+00", "2026-03-02 09:15:00+00 AD",
          "2026-03-02T09:15:00+00", "294276-12-31 00:00:00+00"}) {
        CAPTURE(text);
        CHECK_FALSE(timestamp_from(text));
    }
}

TEST_CASE("bytes are two hexadecimal digits each")
{
    CHECK(bytes_from("\\x")->value.empty());
    CHECK(bytes_from("\\x00ff41")->value == std::string("\0\xff\x41", 3));
    for (const char* text : {"", "x00", "\\x0", "\\x0g", "\\000"}) {
        CAPTURE(text);
        CHECK_FALSE(bytes_from(text));
    }
}

TEST_CASE("elements of an array")
{
    CHECK(elements_from("{}") == Texts{});
    CHECK(elements_from("{a}") == Texts{"a"});
    CHECK(elements_from("{a,b c,\"d,e\"}") == Texts{"a", "b c", "d,e"});
    CHECK(elements_from(R"({"a\"b","c\\d","","NULL"})") == Texts{"a\"b", "c\\d", "", "NULL"});
}

TEST_CASE("what is no array of texts is nothing")
{
    for (const char* text : {"", "{", "}", "a", "{a,}", "{,a}", "{a,,b}", "{NULL}", "{a,NULL}",
                             "{\"a}", "{\"a\\", "{\"a\"b}", "{{a},{b}}", "[0:1]={a,b}"}) {
        CAPTURE(text);
        CHECK_FALSE(elements_from(text));
    }
}
