#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

const MailboxId mailbox(7);

} // namespace

TEST_CASE("a message that cannot be expanded is fetched in two parts")
{
    GraphStage stage(by_url([](const std::string& url) -> PartReply {
        if (url.find("/messages/many") == std::string::npos)
            return {
                200,
                R"({"id": "one", "changeKey": "K1", "body": {"contentType": "html", "content": "<p>1</p>"},
                                 "attachments": [{"id": "a", "name": "n", "size": 3}]})"};
        if (url.find("$expand") != std::string::npos)
            return {400, error_body("ErrorTooManyThings")};
        if (url.find("/attachments?") != std::string::npos)
            return {200, R"({"value": [{"id": "b"}, {"id": "c"}]})"};
        return {
            200,
            R"({"id": "many", "changeKey": "K2", "body": {"contentType": "text", "content": "two"}})"};
    }));

    const auto answers = stage.go(stage.connector.fetch({{mailbox, "one"}, {mailbox, "many"}}));

    CHECK(as<FetchedBody>(answers[0]).body == "<p>1</p>");
    CHECK(as<FetchedBody>(answers[0]).version == Version("K1"));
    const FetchedBody& many = as<FetchedBody>(answers[1]);
    CHECK(many.body == "two");
    CHECK(many.type == BodyType::text);
    CHECK(many.version == Version("K2"));
    REQUIRE(many.attachments.size() == 2);
    CHECK(many.attachments[1].id == "c");
    CHECK(stage.requests().size() == 2);
}

TEST_CASE("attachments that are listed in pages, or not with the message, are all asked for")
{
    GraphStage* at = nullptr;
    GraphStage stage([&](const Received& r) {
        if (r.target.find("skip=1") != std::string::npos)
            return json_answer(200, R"({"value": [{"id": "c"}]})");
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            const std::string url(part.at("url").as_string());
            if (url.find("/attachments?") != std::string::npos)
                return {200, fmt::format(R"({{"value": [{{"id": "a"}}, {{"id": "b"}}],
                                             "@odata.nextLink": "{}"}})",
                                         at->url("/attachments?$skip=1"))};
            const bool expands = url.find("$expand") != std::string::npos;
            if (url.find("/messages/paged") != std::string::npos && expands)
                return {200, R"({"id": "paged", "body": {"content": "x"}, "hasAttachments": true,
                                 "attachments": [{"id": "a"}],
                                 "attachments@odata.nextLink": "more"})"};
            return {200, R"({"id": "other", "body": {"content": "x"}, "hasAttachments": true})"};
        });
    });
    at = &stage;

    const auto answers = stage.go(stage.connector.fetch({{mailbox, "paged"}, {mailbox, "other"}}));

    for (const BodyAnswer& answer : answers) {
        const FetchedBody& body = as<FetchedBody>(answer);
        REQUIRE(body.attachments.size() == 3);
        CHECK(body.attachments[2].id == "c");
    }
}

TEST_CASE("a body that cannot be had is refused by itself, for ever or for now")
{
    GraphStage stage(by_url([](const std::string& url) -> PartReply {
        if (url.find("/messages/corrupt") != std::string::npos)
            return {500, error_body("ErrorCorruptData")};
        if (url.find("/messages/down") != std::string::npos)
            return {500, error_body("ErrorInternalServerError")};
        if (url.find("/messages/gone") != std::string::npos)
            return {404, error_body("ErrorItemNotFound")};
        return {200, R"({"id": "A", "body": {"content": "x"}})"};
    }));

    const auto answers = stage.go(stage.connector.fetch(
        {{mailbox, "corrupt"}, {mailbox, "down"}, {mailbox, "gone"}, {mailbox, "A"}}));

    CHECK(as<BodyRefused>(answers[0]).failure == "graph.item_corrupt");
    CHECK_FALSE(as<BodyRefused>(answers[0]).transient);
    CHECK(as<BodyRefused>(answers[1]).transient);
    as<Gone>(answers[2]);
    CHECK(as<FetchedBody>(answers[3]).body == "x");
}

TEST_CASE("a message that is denied while others are granted is refused by itself, for now")
{
    GraphStage stage(by_url([](const std::string& url) -> PartReply {
        if (url.find("/messages/denied") != std::string::npos)
            return {403, error_body("ErrorAccessDenied")};
        return {200, R"({"id": "A", "body": {"content": "x"}, "attachments": []})"};
    }));
    const auto denied = [&] { return stage.go(stage.connector.fetch({{mailbox, "denied"}})); };
    CHECK_THROWS_AS(denied(), Failure); // as long as none was granted it is all of them

    const auto together = stage.go(stage.connector.fetch({{mailbox, "denied"}, {mailbox, "A"}}));
    CHECK(as<BodyRefused>(together[0]).failure == "graph.access_denied");
    CHECK(as<BodyRefused>(together[0]).transient);
    CHECK(as<FetchedBody>(together[1]).body == "x");

    CHECK(as<BodyRefused>(denied()[0]).transient);
    const auto looks = stage.go(stage.connector.look_up({{mailbox, "denied"}, {mailbox, "A"}}));
    REQUIRE(looks[0]);
    CHECK(looks[0]->unreadable_for_now);
    CHECK(looks[1]->unreadable.empty());
}

TEST_CASE("a message whose attachments are not told is not taken for one without any")
{
    GraphStage stage(by_url([](const std::string& url) -> PartReply {
        if (url.find("/attachments?") != std::string::npos)
            return {200, "{}"};
        return {200, R"({"id": "A", "body": {"content": "x"}, "attachments": 17})"};
    }));

    const auto answers = stage.go(stage.connector.fetch({{mailbox, "A"}}));

    CHECK(as<BodyRefused>(answers.at(0)).failure == "graph.unreadable_answer");
}
