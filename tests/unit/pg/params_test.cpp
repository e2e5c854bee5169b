#include "pg/params.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::pg;
using namespace std::string_literals;

namespace {

/// The bytes libpq would send for the parameter at `index`.
std::string sent(const Params& params, std::size_t index = 0)
{
    return {params.pointers().at(index), static_cast<std::size_t>(params.lengths().at(index))};
}

} // namespace

TEST_CASE("values are sent in PostgreSQL's binary format with their types")
{
    Params params;
    params.add("text")
        .add(std::int64_t{-2})
        .add(258)
        .add(true)
        .add(Uuid{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}})
        .add(Bytes{"\0\xff"s})
        .add(Json{"{}"});
    CHECK(params.types() == std::vector<unsigned>{25, 20, 20, 16, 2950, 17, 3802});
    CHECK(sent(params, 0) == "text");
    CHECK(sent(params, 1) == "\xff\xff\xff\xff\xff\xff\xff\xfe");
    CHECK(sent(params, 2) == "\0\0\0\0\0\0\1\2"s);
    CHECK(sent(params, 3) == "\1");
    CHECK(sent(params, 4) == "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\xff");
    CHECK(sent(params, 5) == "\0\xff"s);
    CHECK(sent(params, 6) == "\1{}");
}

TEST_CASE("a timestamp counts microseconds from the year 2000")
{
    Params params;
    params.add(parse_timestamp("2000-01-01T00:00:00.000001Z").value())
        .add(parse_timestamp("1999-12-31T23:59:59.999999Z").value());
    CHECK(params.types() == std::vector<unsigned>{1184, 1184});
    CHECK(sent(params, 0) == "\0\0\0\0\0\0\0\1"s);
    CHECK(sent(params, 1) == "\xff\xff\xff\xff\xff\xff\xff\xff");
}

TEST_CASE("nothing is a null with the type it would have had")
{
    Params params;
    params.add(std::optional<std::string>()).add(std::optional<Uuid>()).add(std::optional<int>(1));
    CHECK(params.types() == std::vector<unsigned>{25, 2950, 20});
    CHECK(params.pointers()[0] == nullptr);
    CHECK(params.pointers()[1] == nullptr);
    CHECK(params.pointers()[2] != nullptr);
}

TEST_CASE("an empty text is not a null")
{
    Params params;
    params.add("");
    CHECK(params.pointers()[0] != nullptr);
    CHECK(params.lengths()[0] == 0);
}

TEST_CASE("an array says its dimension, its element's type and each length")
{
    Params params;
    params.add(std::vector<std::string>{"ab", ""});
    CHECK(params.types() == std::vector<unsigned>{1009});
    CHECK(sent(params) == "\0\0\0\1" // dimensions
                          "\0\0\0\0" // no nulls
                          "\0\0\0\x19"
                          "\0\0\0\2\0\0\0\1" // two elements, counted from one
                          "\0\0\0\2"
                          "ab"
                          "\0\0\0\0"s);
}

TEST_CASE("a null in an array has length minus one")
{
    Params params;
    params.add(std::vector<std::optional<bool>>{true, std::nullopt});
    CHECK(params.types() == std::vector<unsigned>{1000});
    CHECK(sent(params) == "\0\0\0\1\0\0\0\1\0\0\0\x10\0\0\0\2\0\0\0\1"
                          "\0\0\0\1\1"
                          "\xff\xff\xff\xff"s);
}

TEST_CASE("an empty array has no dimension")
{
    Params params;
    params.add(std::vector<std::int64_t>());
    CHECK(params.types() == std::vector<unsigned>{1016});
    CHECK(sent(params) == "\0\0\0\0\0\0\0\0\0\0\0\x14"s);
}
