#include "store/csv.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace crmsync::store;

namespace {

using Fields = std::vector<std::string>;

struct Line {
    std::int64_t line;
    Fields fields;
};

/// The good rows only; broken ones are asked for by name.
std::vector<Line> good(std::string_view text)
{
    std::vector<Line> lines;
    for (const CsvRow& row : read_csv(text))
        if (row.broken.empty())
            lines.push_back({row.line, row.fields});
    return lines;
}

std::vector<std::int64_t> broken_lines(std::string_view text)
{
    std::vector<std::int64_t> lines;
    for (const CsvRow& row : read_csv(text))
        if (!row.broken.empty())
            lines.push_back(row.line);
    return lines;
}

bool operator==(const Line& a, const Line& b) { return a.line == b.line && a.fields == b.fields; }

} // namespace

TEST_CASE("rows and fields are what commas, quotes and line ends make of a text")
{
    struct Row {
        std::string text;
        std::vector<Line> rows;
    };
    const std::vector<Row> table = {{"", {}},
                                    {"a", {{1, {"a"}}}},
                                    {"a,b\n", {{1, {"a", "b"}}}},
                                    {"a,b\nc,d", {{1, {"a", "b"}}, {2, {"c", "d"}}}},
                                    {"a,b\r\nc,d\r\n", {{1, {"a", "b"}}, {2, {"c", "d"}}}},
                                    {"a,b\r", {{1, {"a", "b"}}}},
                                    {"a\rb", {{1, {"a\rb"}}}},
                                    {"\xEF\xBB\xBF"
                                     "a,b",
                                     {{1, {"a", "b"}}}},
                                    {"a\xEF\xBB\xBF", {{1, {"a\xEF\xBB\xBF"}}}},
                                    {"a,,\n", {{1, {"a", "", ""}}}},
                                    {",", {{1, {"", ""}}}},
                                    {" a , b ", {{1, {" a ", " b "}}}},
                                    {R"("a","b")", {{1, {"a", "b"}}}},
                                    {R"("a,b",c)", {{1, {"a,b", "c"}}}},
                                    {R"("say ""yes""",c)", {{1, {"say \"yes\"", "c"}}}},
                                    {R"("""",c)", {{1, {"\"", "c"}}}},
                                    {R"("","")", {{1, {"", ""}}}},
                                    {"\"a\r\nb\",c", {{1, {"a\r\nb", "c"}}}},
                                    {"a;b\tc", {{1, {"a;b\tc"}}}}};
    for (const Row& row : table) {
        CAPTURE(row.text);
        CHECK(good(row.text) == row.rows);
        CHECK(broken_lines(row.text).empty());
    }
}

TEST_CASE("a row knows the line it begins in, past empty lines and line breaks in quotes")
{
    const std::vector<Line> rows = good("h1,h2\n"
                                        "\n"
                                        "a,\"two\nthree\nfour\"\n"
                                        "\r\n"
                                        "b,c\n");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].line == 1);
    CHECK(rows[1].line == 3);
    CHECK(rows[2].line == 7);
}

TEST_CASE("a quoted empty field alone in its line is skipped like an empty line")
{
    CHECK(read_csv("\"\"\na\n").size() == 1);
}

TEST_CASE("a quote that is not closed costs its own line only")
{
    const std::string text = "1,\"open\n"
                             "2,plain\n"
                             "3,\"closed\"\n"
                             "4,\"\"\n"
                             "5,\"open again\n";
    CHECK(broken_lines(text) == std::vector<std::int64_t>{1, 5});
    const std::vector<Line> rows = good(text);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0] == Line{2, {"2", "plain"}});
    CHECK(rows[1] == Line{3, {"3", "closed"}});
    CHECK(rows[2] == Line{4, {"4", ""}});
}

TEST_CASE("text behind a closing quote, or a quote inside a plain field, breaks the row")
{
    const std::vector<std::string> table = {R"("a"b,c)", R"("a" ,c)", R"(a"b,c)", R"(a,b"")"};
    for (const std::string& line : table) {
        CAPTURE(line);
        CHECK(broken_lines("h,h\n" + line + "\nx,y\n") == std::vector<std::int64_t>{2});
        CHECK(good("h,h\n" + line + "\nx,y\n").back() == Line{3, {"x", "y"}});
    }
}

TEST_CASE("ten thousand open quotes take no longer than their lines")
{
    std::string text;
    for (int i = 0; i < 10'000; ++i)
        text += "1,\"open\n";
    CHECK(broken_lines(text).size() == 10'000);
}
