#include "graph_stage.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

const MailboxId mailbox(7);

} // namespace

TEST_CASE("category writes are answered one by one: written, in conflict, gone or refused")
{
    std::map<std::string, std::string> if_match;
    GraphStage stage([&](const Received& r) {
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            const std::string id = url.substr(url.rfind('/') + 1);
            if_match[id] = part.at("headers").at("If-Match").as_string();
            if (id == "stale")
                return {412, error_body("ErrorIrresolvableConflict")};
            if (id == "gone")
                return {404, error_body("ErrorItemNotFound")};
            if (id == "bad")
                return {400, error_body("ErrorInvalidIdMalformed")};
            if (id == "quiet")
                return {204};
            return {200, R"({"id": "A", "subject": "whole"})", R"({"ETag": "W/\"K2\""})"};
        });
    });
    std::vector<CategoryWrite> writes;
    for (const std::string id : {"A", "stale", "gone", "bad", "quiet"})
        writes.push_back({{mailbox, id}, Version("K1"), {"CRM Tracked"}});

    const auto answers = stage.go(stage.connector.write_categories(writes));

    CHECK(as<Written>(answers[0]).version == Version("K2"));
    as<Conflict>(answers[1]);
    as<Gone>(answers[2]);
    CHECK(as<WriteRefused>(answers[3]).failure == "graph.bad_id");
    CHECK_FALSE(as<WriteRefused>(answers[3]).transient);
    CHECK_FALSE(as<Written>(answers[4]).version);
    CHECK(if_match["A"] == R"(W/"K1")");
}

TEST_CASE("writes that went through are told, though others stay throttled")
{
    int batches = 0;
    GraphStage stage([&](const Received& r) {
        ++batches;
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            if (word(part, "url").ends_with("/A"))
                return {204};
            return {429, error_body("ApplicationThrottled"), R"({"Retry-After": "25"})"};
        });
    });
    std::vector<CategoryWrite> writes;
    for (int i = 0; i < 30; ++i)
        writes.push_back({{mailbox, i ? "X" + std::to_string(i) : "A"}, Version("K1"), {}});

    const auto answers = stage.go(stage.connector.write_categories(writes));

    as<Written>(answers[0]);
    CHECK(as<Deferred>(answers[1]).advice == std::chrono::seconds(25));
    CHECK_FALSE(as<Deferred>(answers[1]).reading_goes_on);
    CHECK(as<Deferred>(answers[29]).failure == "graph.throttled");
    CHECK(batches == 1); // the second batch of twenty is not sent into a closed gate
}

TEST_CASE("names of categories are written as they were read, whatever characters they hold")
{
    std::string sent;
    GraphStage stage([&](const Received& r) {
        if (r.body.find("PATCH") != std::string::npos) {
            sent = r.body;
            return json_answer(200, R"({"responses": [{"id": "0", "status": 204}]})");
        }
        return batch_answer(r, [](const boost::json::object&) -> PartReply {
            return {200, R"({"id": "A", "changeKey": "K",)"
                         R"( "categories": ["c\u001b[31m", "n\u0000", "s\ud83d", "\ude00.."]})"};
        });
    });

    const auto items = stage.go(stage.connector.look_up({{mailbox, "A"}}));
    const Item& item = items.at(0).value();
    CHECK(*item.categories == std::vector<std::string>{"c[31m", "n", "s\uFFFD", "\uFFFD.."});
    CategoryWrite write{item.key, Version("K"), item.uncleaned_categories.value()};
    stage.go(stage.connector.write_categories({write}));

    INFO(sent);
    CHECK(lower_ascii(sent).find(R"(["c\u001b[31m","n\u0000","s\ud83d","\ude00.."])") !=
          std::string::npos);
}

TEST_CASE("a full mailbox takes no writes for an hour, and says nothing of the items")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object&) -> PartReply {
            return {507, "null"};
        });
    });

    const auto answers =
        stage.go(stage.connector.write_categories({{{mailbox, "A"}, Version("K"), {}}}));

    CHECK(as<Deferred>(answers[0]).failure == "graph.mailbox_full");
    CHECK(as<Deferred>(answers[0]).advice == std::chrono::hours(1));
    CHECK(as<Deferred>(answers[0]).reading_goes_on);
}

TEST_CASE("a write that is denied says what to grant, and the others are told all the same")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            if (word(part, "url").ends_with("/A"))
                return {403, error_body("ErrorAccessDenied")};
            return {204};
        });
    });
    std::vector<CategoryWrite> writes;
    for (const std::string id : {"A", "B"})
        writes.push_back({{mailbox, id}, Version("K"), {}});

    const auto answers = stage.go(stage.connector.write_categories(writes));

    CHECK(as<Denied>(answers[0]).failure.reaction() == Reaction::reauthorise);
    CHECK(as<Denied>(answers[0]).failure.message().find("Mail.ReadWrite") != std::string::npos);
    as<Written>(answers[1]);
}

TEST_CASE("writes that went through are told, though a later batch was never answered")
{
    int batches = 0;
    GraphStage stage([&](const Received& r) {
        if (++batches > 1)
            return json_answer(401, "");
        return batch_answer(r, [](const boost::json::object&) -> PartReply { return {204}; });
    });
    std::vector<CategoryWrite> writes;
    for (int i = 0; i < 30; ++i)
        writes.push_back({{mailbox, "X" + std::to_string(i)}, Version("K1"), {}});

    const auto answers = stage.go(stage.connector.write_categories(writes));

    as<Written>(answers[0]);
    as<Written>(answers[19]);
    CHECK(as<Unheard>(answers[20]).failure.name() == "graph.token_not_accepted");
    CHECK(as<Unheard>(answers[29]).failure.reaction() == Reaction::retry);
}

TEST_CASE("only categories that are missing are added, whatever their case")
{
    std::vector<std::string> added;
    GraphStage stage([&](const Received& r) {
        if (!is_batch(r))
            return json_answer(
                200, R"({"value": [{"displayName": "crm TRACKED", "color": "preset4"}]})");
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            added.push_back(std::string(part.at("body").at("displayName").as_string()));
            CHECK(word(part, "method") == "POST");
            return {201, "{}"};
        });
    });

    stage.go(stage.connector.add_master_categories(
        {{"CRM Track", 7}, {"CRM Tracked", 4}, {"CRM Track", 7}}));

    CHECK(added == std::vector<std::string>{"CRM Track"});
}

TEST_CASE("a category that somebody else added at the same moment is no failure")
{
    int lists = 0;
    bool there = true;
    GraphStage stage([&](const Received& r) {
        if (is_batch(r))
            return batch_answer(r, [](const boost::json::object&) -> PartReply {
                return {409, error_body("CategoryNameDuplicate")};
            });
        ++lists;
        return json_answer(200, lists > 1 && there ? R"({"value": [{"displayName": "CRM Track"}]})"
                                                   : R"({"value": []})");
    });

    stage.go(stage.connector.add_master_categories({{"CRM Track", 7}}));
    CHECK(lists == 2);

    there = false;
    CHECK_THROWS_AS(stage.go(stage.connector.add_master_categories({{"CRM Track", 7}})), Failure);
}
