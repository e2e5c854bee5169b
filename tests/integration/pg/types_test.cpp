#include "base/uuid.hpp"
#include "integration/pg/opened.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

/// Everything that PostgreSQL's array syntax or UTF-8 could trip over.
const std::vector<std::string> awkward{
    "",           "NULL",  "null", "a,b",   "{x}",       "\"quoted\"", "back\\slash", " space ",
    "line\nfeed", "Grüße", "日本", "🎉 \t", "don't; --", "\\x00",      "$1",
};

const Uuid one_uuid = parse_uuid("0190a5b2-7c3d-7e4f-8a6b-112233445566").value();

} // namespace

TEST_CASE("whole numbers arrive as they were sent")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    using Limits = std::numeric_limits<std::int64_t>;
    for (const std::int64_t value :
         {Limits::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{255}, Limits::max()})
        CHECK(on.prepared({"same", "SELECT $1"}, params(value)).get<std::int64_t>(0, 0) == value);
}

TEST_CASE("values of every type arrive as they were sent")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());

    for (const std::string& text : awkward)
        CHECK(on.query("SELECT $1", params(text)).get<std::string>(0, 0) == text);
    for (const bool value : {true, false})
        CHECK(on.query("SELECT $1", params(value)).get<bool>(0, 0) == value);
    CHECK(on.query("SELECT $1", params(one_uuid)).get<Uuid>(0, 0) == one_uuid);

    std::string every_byte;
    for (int i = 0; i < 256; ++i)
        every_byte.push_back(static_cast<char>(i));
    for (const std::string& bytes : {every_byte, std::string()})
        CHECK(on.query("SELECT $1", params(pg::Bytes{bytes})).get<pg::Bytes>(0, 0).value == bytes);

    for (const char* moment :
         {"0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z",
          "2000-02-29T12:00:00.5Z", "2026-03-02T09:15:00.000001Z", "9999-12-31T23:59:59.999999Z"}) {
        const auto answer = on.query("SELECT $1, $1::text", params(at(moment)));
        CHECK(answer.get<Timestamp>(0, 0) == at(moment));
    }
    CHECK(on.query("SELECT $1 = timestamptz '2026-03-02 10:15:00.25+01'",
                   params(at("2026-03-02T09:15:00.25Z")))
              .get<bool>(0, 0));

    const pg::Json json{R"({"a": ["x", null, "ü\n"], "n": 1.5})"};
    CHECK(on.query("SELECT $1 ->> 'n', $1 #>> '{a,2}'", params(json)).get<double>(0, 0) == 1.5);
    CHECK(on.query("SELECT $1 #>> '{a,2}'", params(json)).get<std::string>(0, 0) == "ü\n");
}

TEST_CASE("nothing arrives as null of its type")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    pg::Params nulls;
    nulls.add(std::optional<std::string>())
        .add(std::optional<std::int64_t>())
        .add(std::optional<bool>())
        .add(std::optional<Uuid>())
        .add(std::optional<Timestamp>())
        .add(std::optional<pg::Bytes>())
        .add(std::optional<pg::Json>());
    const auto answer = on.query("SELECT $1, $2, $3, $4, $5, $6, $7, pg_typeof($1)::text || ',' || "
                                 "pg_typeof($2) || ',' || pg_typeof($3) || ',' || pg_typeof($4) "
                                 "|| ',' || pg_typeof($5) || ',' || pg_typeof($6) || ',' || "
                                 "pg_typeof($7)",
                                 nulls);
    CHECK_FALSE(answer.get<std::optional<std::string>>(0, 0));
    CHECK_FALSE(answer.get<std::optional<std::int64_t>>(0, 1));
    CHECK_FALSE(answer.get<std::optional<bool>>(0, 2));
    CHECK_FALSE(answer.get<std::optional<Uuid>>(0, 3));
    CHECK_FALSE(answer.get<std::optional<Timestamp>>(0, 4));
    CHECK_FALSE(answer.get<std::optional<pg::Bytes>>(0, 5));
    CHECK_FALSE(answer.get<std::optional<std::string>>(0, 6));
    CHECK(answer.get<std::string>(0, 7) ==
          "text,bigint,boolean,uuid,timestamp with time zone,bytea,jsonb");
    CHECK(on.query("SELECT $1", params(std::optional<int>(3))).get<std::optional<int>>(0, 0) == 3);
}

TEST_CASE("arrays of every type become rows")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    pg::Params columns;
    columns.add(std::vector<std::string>{"a", "", "c"})
        .add(std::vector<std::int64_t>{1, -2, 3})
        .add(std::vector<bool>{true, false, true})
        .add(std::vector<Uuid>{one_uuid, Uuid{}, one_uuid})
        .add(std::vector<Timestamp>{at("2026-01-01T00:00:00Z"), at("0001-01-01T00:00:00Z"),
                                    at("1999-12-31T23:59:59Z")})
        .add(std::vector<pg::Bytes>{{std::string("\0\xff", 2)}, {""}, {"x"}})
        .add(std::vector<pg::Json>{{"{}"}, {"[1,2]"}, {"\"s\""}});
    const auto rows = on.query("SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)", columns);
    REQUIRE(rows.rows() == 3);
    CHECK(rows.get<std::string>(1, 0).empty());
    CHECK(rows.get<std::int64_t>(1, 1) == -2);
    CHECK_FALSE(rows.get<bool>(1, 2));
    CHECK(rows.get<Uuid>(1, 3) == Uuid{});
    CHECK(rows.get<Timestamp>(1, 4) == at("0001-01-01T00:00:00Z"));
    CHECK(rows.get<pg::Bytes>(0, 5).value == std::string("\0\xff", 2));
    CHECK(rows.get<std::string>(1, 6) == "[1, 2]");
}

TEST_CASE("arrays hold nulls where they are optional")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    pg::Params columns;
    columns.add(std::vector<std::optional<std::string>>{"a", std::nullopt, "NULL"})
        .add(std::vector<std::optional<std::int64_t>>{1, std::nullopt, 3})
        .add(std::vector<std::optional<bool>>{true, std::nullopt, false})
        .add(std::vector<std::optional<Uuid>>{one_uuid, std::nullopt, one_uuid})
        .add(std::vector<std::optional<Timestamp>>{Timestamp{}, std::nullopt, Timestamp{}})
        .add(std::vector<std::optional<pg::Bytes>>{pg::Bytes{"x"}, std::nullopt, pg::Bytes{""}})
        .add(std::vector<std::optional<pg::Json>>{pg::Json{"1"}, std::nullopt, pg::Json{"null"}});
    const auto rows = on.query("SELECT *, num_nulls(a, b, c, d, e, f, g) FROM "
                               "unnest($1, $2, $3, $4, $5, $6, $7) AS t(a, b, c, d, e, f, g)",
                               columns);
    REQUIRE(rows.rows() == 3);
    CHECK(rows.get<int>(0, 7) == 0);
    CHECK(rows.get<int>(1, 7) == 7);
    CHECK(rows.get<int>(2, 7) == 0);
    CHECK(rows.get<std::string>(2, 0) == "NULL");
}

TEST_CASE("empty arrays are no rows")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    CHECK(on.query("SELECT * FROM unnest($1)", params(std::vector<Uuid>())).empty());
    CHECK(on.query("SELECT $1", params(std::vector<std::string>()))
              .get<std::vector<std::string>>(0, 0)
              .empty());
}

TEST_CASE("arrays are read back, however awkward their elements")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    CHECK(on.query("SELECT $1", params(awkward)).get<std::vector<std::string>>(0, 0) == awkward);
    const std::vector<Uuid> ids{one_uuid, Uuid{}};
    CHECK(on.query("SELECT $1", params(ids)).get<std::vector<Uuid>>(0, 0) == ids);
    const std::vector<std::int64_t> numbers{-1, 0, std::numeric_limits<std::int64_t>::max()};
    CHECK(on.query("SELECT $1", params(numbers)).get<std::vector<std::int64_t>>(0, 0) == numbers);
}

TEST_CASE("text that PostgreSQL does not take is set aside and not repeated in the failure")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    for (const std::string& text : {std::string("secret\xff"), std::string("secret\0", 7)}) {
        const Failure failure = failure_from([&] { on.query("SELECT length($1)", params(text)); });
        CHECK(failure.reaction() == Reaction::set_aside);
        CHECK(failure.name() == "pg.bad_value");
        CHECK(failure.message().find("0xff") == std::string::npos);
    }
    const Failure failure =
        failure_from([&] { on.query("SELECT $1::uuid", params("very \"private\" words")); });
    CHECK(failure.message() == "statement: invalid input syntax for type uuid: … (22P02)");
}

TEST_CASE("reading a column as what it is not is a programming mistake that names it")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    const auto answer =
        on.prepared({"mixed", "SELECT NULL::text AS gone, 'abc' AS word, 5000000000 AS n, "
                              "ARRAY['a', NULL] AS list"});
    CHECK_THROWS_WITH(answer.get<std::string>(0, 0), "mixed: column 0 (gone) is null");
    CHECK_THROWS_WITH(answer.get<int>(0, 1),
                      "mixed: column 1 (word) cannot be read as the type asked for");
    CHECK_THROWS_AS(answer.get<int>(0, 2), std::logic_error);
    CHECK_THROWS_AS(answer.get<Uuid>(0, 1), std::logic_error);
    CHECK_THROWS_AS(answer.get<bool>(0, 1), std::logic_error);
    CHECK_THROWS_AS(answer.get<Timestamp>(0, 1), std::logic_error);
    CHECK_THROWS_AS(answer.get<pg::Bytes>(0, 1), std::logic_error);
    CHECK_THROWS_AS(answer.get<std::vector<std::string>>(0, 3), std::logic_error);
    CHECK_THROWS_WITH(answer.get<int>(1, 0), "mixed: row 1, column 0 is outside the result");
    CHECK_THROWS_AS(answer.get<int>(0, 4), std::logic_error);
}
