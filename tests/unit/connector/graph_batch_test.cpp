#include "base/failure.hpp"
#include "connector/graph/graph_batch.hpp"
#include "connector/graph/graph_envelope.hpp"
#include "connector/graph/graph_write.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <random>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

const Urls urls("https://graph.example", "kim@contoso.example");

constexpr std::string_view answer_text = R"({"responses": [
    {"id": "2", "status": 404, "headers": {"Content-Type": "application/json"},
     "body": {"error": {"code": "ErrorItemNotFound", "message": "not found"}}},
    {"id": "0", "status": 200, "headers": {"ETag": "W/\"V2\"", "retry-after": 3},
     "body": {"id": "A", "subject": "secret } ] , \" text", "body": {"content": "<p>{\"error\": 1}</p>"}}},
    {"id": "9", "status": 200}, {"id": "x", "status": 200}, {"id": "1"}]})";

} // namespace

TEST_CASE("the parts of a batch carry their own headers and bodies")
{
    Part get;
    get.path = "/users/kim/messages/A?$select=id";
    get.headers = {{"Prefer", R"(IdType="ImmutableId")"}};
    Part patch;
    patch.method = net::Method::patch;
    patch.path = "/users/kim/messages/\"B\"";
    patch.headers = {{"If-Match", R"(W/"K")"}, {"Content-Type", "application/json"}};
    patch.body = R"({"categories":[]})";

    const boost::json::value batch =
        boost::json::parse(batch_text(std::array<const Part*, 2>{&get, &patch}));

    const auto expected = boost::json::parse(R"({"requests": [
        {"id": "0", "method": "GET", "url": "/users/kim/messages/A?$select=id",
         "headers": {"Prefer": "IdType=\"ImmutableId\""}},
        {"id": "1", "method": "PATCH", "url": "/users/kim/messages/\"B\"",
         "headers": {"If-Match": "W/\"K\"", "Content-Type": "application/json"},
         "body": {"categories": []}}]})");
    CHECK(batch == expected);
}

TEST_CASE("answers are matched by id, whatever order they come in, and missing ones are missing")
{
    const auto answers = read_batch(answer_text, 4, Bodies::kept);

    REQUIRE(answers.size() == 4);
    REQUIRE(answers[0]);
    CHECK(answers[0]->status == 200);
    CHECK(net::find(answers[0]->headers, "etag") == "W/\"V2\"");
    CHECK(net::find(answers[0]->headers, "Retry-After") == "3");
    CHECK(text_at(answers[0]->body(), "id") == "A");
    CHECK_FALSE(answers[1]); // without a status
    REQUIRE(answers[2]);
    CHECK(answers[2]->status == 404);
    CHECK_FALSE(answers[3]);
}

TEST_CASE("of an answer to writes only errors are kept, even where whole messages come back")
{
    const std::string cut = without_successful_bodies(answer_text);
    CHECK(cut.find("secret") == std::string::npos);
    CHECK(cut.find("<p>") == std::string::npos);

    const auto answers = read_batch(answer_text, 4, Bodies::errors_only);
    REQUIRE(answers[0]);
    CHECK(answers[0]->body().is_null());
    CHECK(version_after(*answers[0]) == Version("V2"));
    REQUIRE(answers[2]);
    CHECK(text_at(*member(answers[2]->body(), "error"), "code") == "ErrorItemNotFound");
}

TEST_CASE("a body that stands before its status is cut down as well")
{
    const std::string cut = without_successful_bodies(
        R"({"x": [1, {"y": 2}], "responses": [{"body": {"subject": "s", "error": {"code": "E"}}, "status": 500, "id": "0"}]})");

    CHECK(boost::json::parse(cut) ==
          boost::json::parse(
              R"({"responses": [{"body": {"error": {"code": "E"}}, "status": 500, "id": "0"}]})"));
}

TEST_CASE("what is no answer to a batch is a failure that may pass")
{
    for (const std::string_view text :
         {"", "{}", R"({"responses": 1})", "<html>", R"({"responses": [)"})
        for (const Bodies bodies : {Bodies::kept, Bodies::errors_only}) {
            INFO(text);
            CHECK_THROWS_AS(read_batch(text, 1, bodies), Failure);
        }
}

TEST_CASE("mangled batch answers end in answers or in a failure, and never show a body of a write")
{
    std::minstd_rand random(7);
    for (int round = 0; round < 5'000; ++round) {
        std::string text(answer_text);
        for (unsigned i = 0; i < 1 + random() % 3; ++i)
            text[random() % text.size()] = "{}[]\",:\\a0 "[random() % 11];
        try {
            for (const auto& answer : read_batch(text, 4, Bodies::errors_only))
                if (answer && answer->content && answer->content->is_object())
                    REQUIRE(answer->content->as_object().size() == 1);
        } catch (const Failure& failure) {
            REQUIRE(failure.name() == "graph.unreadable_answer");
        }
    }
}

TEST_CASE("the bytes of a part come as base64")
{
    const auto answers = read_batch(R"({"responses": [
        {"id": "0", "status": 200, "body": "aGVsbG8="}, {"id": "1", "status": 200},
        {"id": "2", "status": 200, "body": {"no": "bytes"}}, {"id": "3", "status": 200, "body": "%%%"}]})",
                                    4, Bodies::kept);

    CHECK(binary_of(*answers[0]) == "hello");
    CHECK_FALSE(binary_of(*answers[1])); // it may have been left out
    CHECK_FALSE(binary_of(*answers[2]));
    CHECK_FALSE(binary_of(*answers[3]));
}

TEST_CASE(
    "a category write replaces the whole list, at the expected version, with a minimal answer")
{
    const Part part = category_part(
        {ItemKey{MailboxId(1), "AB="}, Version("K1"), {"CRM Tracked", "a \"quoted\" one"}}, urls);

    CHECK(part.method == net::Method::patch);
    CHECK(part.path == "/users/kim@contoso.example/messages/AB=");
    CHECK(net::find(part.headers, "If-Match") == R"(W/"K1")");
    CHECK(net::find(part.headers, "Prefer") == R"(return=minimal, IdType="ImmutableId")");
    CHECK(net::find(part.headers, "Content-Type") == "application/json");
    CHECK(boost::json::parse(part.body) ==
          boost::json::parse(R"({"categories": ["CRM Tracked", "a \"quoted\" one"]})"));
}

TEST_CASE("without an ETag the version after a write is not known")
{
    PartAnswer answer;
    answer.status = 200;
    CHECK_FALSE(version_after(answer));
    answer.headers = {{"etag", "W/\"K2\""}};
    CHECK(version_after(answer) == Version("K2"));
}

TEST_CASE("master categories have one of 25 colours or none")
{
    const auto list = read_master_categories(parse_document(R"({"value": [
        {"displayName": "Red category", "color": "preset0"}, {"displayName": "B", "color": "preset24"},
        {"displayName": "C", "color": "none"}, {"displayName": "D", "color": "preset25"},
        {"displayName": "E"}, {"color": "preset1"}]})")
                                                 ->root());

    REQUIRE(list.size() == 5);
    CHECK(list[0].name == "Red category");
    CHECK(list[0].color == 0);
    CHECK(list[1].color == 24);
    CHECK(list[2].color == -1);
    CHECK(list[3].color == -1);
    CHECK(list[4].color == -1);

    CHECK(boost::json::parse(master_category_part({"CRM Track", 7}, urls).body) ==
          boost::json::parse(R"({"displayName": "CRM Track", "color": "preset7"})"));
    CHECK(boost::json::parse(master_category_part({"X", -1}, urls).body) ==
          boost::json::parse(R"({"displayName": "X", "color": "none"})"));
}
