#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;
using namespace std::string_literals;

namespace {

const MailboxId mailbox(7);

} // namespace

TEST_CASE("looking up tells what is gone and what cannot be read, beside what is there")
{
    GraphStage stage(by_url([](const std::string& url) -> PartReply {
        if (url.find("/messages/gone?") != std::string::npos)
            return {404, error_body("ErrorItemNotFound")};
        if (url.find("/messages/bad?") != std::string::npos)
            return {500, error_body("ErrorCorruptData")};
        CHECK(url.find("internetMessageHeaders") == std::string::npos);
        CHECK(url.find("body") == std::string::npos);
        return {200, R"({"id": "A", "changeKey": "K"})"};
    }));

    const auto items =
        stage.go(stage.connector.look_up({{mailbox, "A"}, {mailbox, "gone"}, {mailbox, "bad"}}));

    CHECK(items[0]->unreadable.empty());
    CHECK_FALSE(items[1]);
    REQUIRE(items[2]);
    CHECK(items[2]->key == ItemKey{mailbox, "bad"});
    CHECK(items[2]->unreadable == "graph.item_corrupt");
    CHECK(stage.requests().size() == 1);
}

TEST_CASE("a header look says whether a machine sent it and how sensitive it is")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            CHECK(word(part, "url").find(",internetMessageHeaders&") != std::string::npos);
            return {
                200,
                R"({"id": "A", "internetMessageHeaders": [{"name": "Precedence", "value": "list"}]})"};
        });
    });

    const auto items = stage.go(stage.connector.look_at_headers({{mailbox, "A"}}));

    CHECK(items[0]->message().automatic->automatic);
    CHECK(items[0]->message().automatic->header == "Precedence");
    CHECK(*items[0]->sensitivity == Sensitivity::normal);
}

TEST_CASE("a mailbox that went away while items were looked up stops the mailbox, not the item")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object&) -> PartReply {
            return {404, error_body("MailboxNotEnabledForRESTAPI")};
        });
    });

    CHECK(failure_of([&] {
              stage.go(stage.connector.look_up({{mailbox, "A"}}));
          }).name() == "graph.mailbox_missing");
}

TEST_CASE("messages are found by Message-ID, over all pages")
{
    GraphStage* at = nullptr;
    GraphStage stage([&](const Received& r) {
        if (r.target.find("skip") != std::string::npos)
            return json_answer(200, R"({"value": [{"id": "B"}]})");
        return json_answer(200,
                           fmt::format(R"({{"value": [{{"id": "A"}}], "@odata.nextLink": "{}"}})",
                                       at->url("/users/x/messages?$skip=1")));
    });
    at = &stage;

    const auto found = stage.go(stage.connector.find_message("<o'neil+1@X.Example>"));

    REQUIRE(found.size() == 2);
    CHECK(found[1].key.id == "B");
    CHECK(stage.requests()[0].target.find(
              "$filter=internetMessageId%20eq%20%27%3Co%27%27neil%2B1%40X.Example%3E%27&") !=
          std::string::npos);
}

TEST_CASE(
    "a Message-ID is asked for as it was typed and normalised, and what both find is told once")
{
    const auto ids_asked_with = [](const std::string& typed) {
        std::vector<std::string> asked;
        GraphStage stage([&](const Received& r) {
            const bool folded = r.target.find("40x.example") != std::string::npos;
            asked.emplace_back(folded ? "folded" : "typed");
            return json_answer(200, folded ? R"({"value": [{"id": "A"}, {"id": "B"}]})"
                                           : R"({"value": [{"id": "C"}, {"id": "A"}]})");
        });
        std::string ids;
        for (const Item& item : stage.go(stage.connector.find_message(typed)))
            ids += item.key.id;
        return std::pair(asked, ids);
    };
    using Asked = std::vector<std::string>;
    CHECK(ids_asked_with("<Kim@X.Example>") == std::pair(Asked{"typed", "folded"}, "CAB"s));
    CHECK(ids_asked_with(" Kim@x.example ") == std::pair(Asked{"folded"}, "AB"s));
}

TEST_CASE("a Message-ID that is not found as it is stored is searched for without case")
{
    std::vector<std::string> asked;
    GraphStage stage([&](const Received& r) {
        const bool by_property = r.target.find("0x1035") != std::string::npos;
        asked.emplace_back(by_property ? "property" : "exact");
        return json_answer(
            200, by_property ? R"({"value": [{"id": "A", "internetMessageId": "<k@X.Example>"},
                                                    {"id": "B", "internetMessageId": "<K@X.Example>"}]})"
                             : R"({"value": []})");
    });
    const auto found = stage.go(stage.connector.find_message("k@x.example"));
    REQUIRE(found.size() == 1); // the part before the @ has a case of its own
    CHECK(found[0].key.id == "A");
    CHECK(asked == std::vector<std::string>{"exact", "property"});
}

TEST_CASE("a mailbox that takes no search by property goes without")
{
    GraphStage stage([](const Received& r) {
        if (r.target.find("0x1035") != std::string::npos)
            return json_answer(400, error_body("ErrorInvalidRestriction"));
        return json_answer(200, R"({"value": []})");
    });
    CHECK(stage.go(stage.connector.find_message("k@x.example")).empty());
}

TEST_CASE("a search whose answer holds no list is not taken for one that found nothing")
{
    GraphStage stage(by_url([](const std::string&) -> PartReply { return {200, "{}"}; }));

    const Failure failure =
        failure_of([&] { stage.go(stage.connector.find_replies("a@x.example")); });

    CHECK(failure.name() == "graph.unreadable_answer");
    CHECK(failure.reaction() == Reaction::retry);
}

TEST_CASE("an item that Graph fails to give, or leaves out of its answer, costs only itself")
{
    GraphStage stage(by_url([](const std::string& url) -> PartReply {
        if (url.find("/messages/down?") != std::string::npos)
            return {500, error_body("ErrorInternalServerError")};
        if (url.find("/messages/busy?") != std::string::npos)
            return {503, error_body("ErrorServiceUnavailable")};
        if (url.find("/messages/missing?") != std::string::npos)
            return {0};
        if (url.find("/messages/odd?") != std::string::npos)
            return {200, "[]"};
        return {200, R"({"id": "A", "changeKey": "K"})"};
    }));

    const auto items = stage.go(stage.connector.look_up({{mailbox, "A"},
                                                         {mailbox, "down"},
                                                         {mailbox, "busy"},
                                                         {mailbox, "missing"},
                                                         {mailbox, "odd"}}));

    REQUIRE(items.size() == 5);
    CHECK(items[0]->unreadable.empty());
    const std::string_view reasons[] = {"graph.unavailable", "graph.busy", "graph.unexpected",
                                        "graph.unreadable_answer"};
    for (std::size_t i = 1; i < items.size(); ++i) {
        REQUIRE(items[i]);
        CHECK(items[i]->unreadable == reasons[i - 1]);
        CHECK(items[i]->unreadable_for_now);
    }
}
