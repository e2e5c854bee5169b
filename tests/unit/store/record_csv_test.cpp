#include "base/failure.hpp"
#include "store/record_csv.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace crmsync;
using namespace crmsync::store;
using namespace std::string_literals;

namespace {

/// The one row of a file with these header and data lines.
RecordRow row_of(const std::string& header, const std::string& line,
                 const std::string& type = "contact")
{
    const RecordFile file = read_record_csv(header + "\n" + line + "\n", type);
    CAPTURE(header, line);
    REQUIRE(file.refused.empty());
    REQUIRE(file.rows.size() == 1);
    return file.rows.front();
}

std::string refusal_of(const std::string& header, const std::string& line)
{
    const RecordFile file = read_record_csv(header + "\n" + line + "\nok,fine\n", "account");
    CHECK_FALSE(file.refused.empty());
    if (file.refused.empty())
        return {};
    CHECK(file.refused.front().line == 2);
    return file.refused.front().reason;
}

std::string mistake_of(const std::string& text)
{
    try {
        read_record_csv(text, "account");
    } catch (const UsageError& mistake) {
        return mistake.what();
    }
    return {};
}

} // namespace

TEST_CASE("every column finds its place, unknown ones become fields")
{
    const RecordRow row = row_of(
        "external_id,name,email,email2,email3,domain,number,parent,owner,state,Industry,note",
        "A1,Adventure Works,Info@Adventure.example,,sales@adventure.example,"
        "Adventure.example,ACC-1,account:P1,ann@contoso.example,closed,Bikes,\"a, b\"",
        "account");
    CHECK(row.line == 2);
    CHECK(row.key == RecordKey{"account", "A1"});
    CHECK(row.name == "Adventure Works");
    REQUIRE(row.addresses.has_value());
    CHECK(*row.addresses ==
          std::vector<Address>{{"info@adventure.example"}, {"sales@adventure.example"}});
    CHECK(*row.domains == std::vector<Domain>{{"adventure.example"}});
    CHECK(*row.number == "ACC-1");
    CHECK(*row.parent == RecordKey{"account", "P1"});
    CHECK(*row.owner == Address{"ann@contoso.example"});
    CHECK(*row.state == RecordState::closed);
    const boost::json::value fields = boost::json::parse(row.fields_json);
    CHECK(fields.at("industry").as_string() == "Bikes");
    CHECK(fields.at("note").as_string() == "a, b");
}

TEST_CASE("a column that is not there says nothing, an empty field clears")
{
    const RecordRow silent = row_of("external_id,name", "1,Ann");
    CHECK_FALSE(silent.number.said());
    CHECK_FALSE(silent.parent.said());
    CHECK_FALSE(silent.owner.said());
    CHECK_FALSE(silent.state.said());
    CHECK_FALSE(silent.addresses.said());
    CHECK_FALSE(silent.domains.said());
    CHECK(silent.fields_json == "{}");

    const RecordRow clears =
        row_of("external_id,name,number,parent,owner,email,domain", "1,Ann,,,,,");
    CHECK(clears.number == Said<std::string>::empty());
    CHECK(clears.parent == Said<RecordKey>::empty());
    CHECK(clears.owner == Said<Address>::empty());
    REQUIRE(clears.addresses.has_value());
    CHECK(clears.addresses->empty());
    REQUIRE(clears.domains.has_value());
    CHECK(clears.domains->empty());
}

TEST_CASE("the header may have any order, case and white space")
{
    const RecordRow row = row_of(" NAME , External_ID ", " Ann , 7 ");
    CHECK(row.key.external_id == "7");
    CHECK(row.name == "Ann");
}

TEST_CASE("a parent is type:external_id, without a type an account")
{
    struct Row {
        const char* text;
        const char* type;
        const char* id;
    };
    const Row rows[] = {{"A1", "account", "A1"},
                        {"account:A1", "account", "A1"},
                        {"contact:C:1", "contact", "C:1"},
                        {"opportunity:OPP-1", "opportunity", "OPP-1"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(*row_of("external_id,name,parent", std::string("1,x,") + row.text).parent ==
              RecordKey{row.type, row.id});
    }
    for (const char* text : {"planet:1", "account:", ":1"}) {
        CAPTURE(text);
        CHECK_THAT(refusal_of("external_id,name,parent", std::string("1,x,") + text),
                   Catch::Contains("is not type:external_id"));
    }
}

TEST_CASE("a row that cannot go in is refused with its line and the reason")
{
    struct Row {
        const char* header;
        const char* line;
        const char* reason;
    };
    const Row rows[] = {
        {"external_id,name", ",Ann", "external_id is empty"},
        {"external_id,name", "1, ", "name is empty"},
        {"external_id,name", "1", "1 fields where the header has 2"},
        {"external_id,name", "1,Ann,more", "3 fields where the header has 2"},
        {"external_id,name", "1,\"Ann", "a quote is not closed"},
        {"external_id,name", "1,An\"n", "a quote inside a field"},
        {"external_id,name", "1,An\xFFn", "not UTF-8"},
        {"external_id,name", "1,An\x01n", "control character"},
        {"external_id,name,email", "1,Ann,ann at example", "email \"ann at example\" is no mail"},
        {"external_id,name,email3", "1,Ann,@example.com", "is no mail address"},
        {"external_id,name,owner", "1,Ann,somebody", "owner \"somebody\" is no mail address"},
        {"external_id,name,domain", "1,Ann,not a domain", "is no domain"},
        {"external_id,name,state", "1,Ann,asleep", "neither open nor closed"}};
    for (const Row& row : rows) {
        CAPTURE(row.line);
        CHECK_THAT(refusal_of(row.header, row.line), Catch::Contains(row.reason));
    }
}

TEST_CASE("a field too long to be looked up refuses its row")
{
    const std::string fits(1000, 'x');
    const std::string many(1001, 'x');
    CHECK(row_of("external_id,name,number", fits + "," + fits + "," + fits).name == fits);
    CHECK(refusal_of("external_id,name", many + ",Ann") == "external_id is longer than 1000 bytes");
    CHECK(refusal_of("external_id,name", "1," + many) == "name is longer than 1000 bytes");
    CHECK(refusal_of("external_id,name,number", "1,Ann," + many) ==
          "number is longer than 1000 bytes");
    CHECK(row_of("external_id,name,note", "1,Ann," + many).name == "Ann");
    // Folded it would be half as long again.
    std::string grows;
    for (int i = 0; i < 499; ++i)
        grows += "\u0149";
    CHECK(refusal_of("external_id,name", "1," + grows) == "name is longer than 1000 bytes");
}

TEST_CASE("a team's members are users' addresses")
{
    const std::string header = "external_id,name,members";
    CHECK(
        row_of(header, "T1,Service,Ann@contoso.example; bo@contoso.example;", "team").fields_json ==
        R"({"members":"ann@contoso.example;bo@contoso.example"})");
    CHECK(row_of(header, "T1,Service,", "team").fields_json == R"({"members":""})");
    const RecordFile file = read_record_csv(header + "\nT1,Service,ann\n", "team");
    REQUIRE(file.refused.size() == 1);
    CHECK(file.refused.front().reason == "member \"ann\" is no mail address");
    // Elsewhere it is a column like any other.
    CHECK(row_of(header, "A1,Works,seven", "account").fields_json == R"({"members":"seven"})");
}

TEST_CASE("good rows go in beside refused ones, each with its line")
{
    const RecordFile file = read_record_csv("external_id,name\r\n"
                                            "1,\"Ann\r\nSmith\"\r\n"
                                            ",nameless\r\n"
                                            "3,\"open\r\n"
                                            "4,Dora\r\n",
                                            "contact");
    REQUIRE(file.rows.size() == 2);
    CHECK(file.rows[0].line == 2);
    CHECK(file.rows[1].line == 6);
    CHECK(file.rows[1].name == "Dora");
    REQUIRE(file.refused.size() == 2);
    CHECK(file.refused[0].line == 4);
    CHECK(file.refused[1].line == 5);
}

TEST_CASE("a file whose header cannot be used is a mistake of the whole file")
{
    struct Row {
        std::string text;
        const char* says;
    };
    const std::vector<Row> rows = {
        {"", "the file is empty"},
        {"\n\r\n", "the file is empty"},
        {"name\nx\n", "lacks the column \"external_id\""},
        {"external_id\n1\n", "lacks the column \"name\""},
        {"external_id,name,\n1,x,\n", "column without a name (column 3)"},
        {"external_id,name,Name\n1,x,y\n", "names the column \"name\" twice"},
        {"external_id,name,note,NOTE\n", "names the column \"note\" twice"},
        {"external_id,name,\"note\n1,x,y\n", "the header line is broken: a quote is not closed"},
        {"external_id,name,no\"te\n1,x,y\n", "the header line is broken: a quote inside a field"},
        {"external_id,name,no\xFFte\n1,x,y\n", "not UTF-8"},
        {"external_id,name,no\0te\n1,x,y\n"s, "control character"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK_THAT(mistake_of(row.text), Catch::Contains(row.says));
    }
}

TEST_CASE("the record types are those of the product")
{
    for (const char* type :
         {"account", "contact", "lead", "opportunity", "case", "user", "team", "list"})
        CHECK(is_record_type(type));
    CHECK_FALSE(is_record_type("planet"));
    CHECK_FALSE(is_record_type(""));
    CHECK_FALSE(is_record_type("Account"));
}
