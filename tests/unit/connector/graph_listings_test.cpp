#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

bool asks(const Received& request, std::string_view text)
{
    return request.target.find(text) != std::string::npos;
}

std::string listing(const std::string& rows, const std::string& next = {})
{
    const std::string link = next.empty() ? "" : R"("@odata.nextLink":")" + next + "\",";
    return "{" + link + R"("value":[)" + rows + "]}";
}

std::string changed_row(const std::string& id, const std::string& at)
{
    return fmt::format(
        R"({{"id":"{}","parentFolderId":"F","changeKey":"v","lastModifiedDateTime":"{}"}})", id,
        at);
}

Timestamp at(const char* text) { return *parse_timestamp(text); }

} // namespace

TEST_CASE("what changed is asked for with the order in the filter, and page by page")
{
    GraphStage* stage_at = nullptr;
    GraphStage stage([&](const Received& r) {
        if (asks(r, "skip"))
            return json_answer(200, listing(changed_row("B", "2026-03-02T08:59:00Z")));
        return json_answer(200, listing(changed_row("A", "2026-03-02T08:58:00Z") +
                                            R"(,{"id":"no date","parentFolderId":"F"})",
                                        stage_at->url("/more?$skip=1")));
    });
    stage_at = &stage;
    const auto changed =
        stage.go(stage.connector.changed_items(at("2026-03-02T08:57:30.5Z"))).value();
    CHECK(stage.requests()[0].target ==
          "/v1.0/users/kim@contoso.example/messages?$filter=lastModifiedDateTime%20ge%20"
          "2026-03-02T08%3A57%3A30Z&$orderby=lastModifiedDateTime&"
          "$select=id,parentFolderId,lastModifiedDateTime,changeKey&$top=500");
    CHECK_FALSE(changed.cut);
    REQUIRE(changed.items.size() == 2);
    CHECK(changed.items[0].key.id == "A");
    CHECK(changed.items[0].folder == FolderId("F"));
    CHECK(changed.items[0].version == Version("v"));
    CHECK(changed.items[1].modified_at == at("2026-03-02T08:59:00Z"));
}

TEST_CASE("more changes than a few pages hold are not read on")
{
    GraphStage* stage_at = nullptr;
    GraphStage stage([&](const Received&) {
        return json_answer(
            200, listing(changed_row("A", "2026-03-02T08:58:00Z"), stage_at->url("/more?$skip=1")));
    });
    stage_at = &stage;
    CHECK(stage.go(stage.connector.changed_items(stage.now())).value().cut);
    CHECK(stage.requests().size() == 4);
}

TEST_CASE("a mailbox that does not list changes is left alone with the question for an hour")
{
    const auto [status, code] = GENERATE(table<int, const char*>(
        {{400, "InefficientFilter"}, {501, "NotImplemented"}, {504, "Timeout"}}));
    GraphStage stage([&, status = status, code = code](const Received&) {
        return json_answer(status, error_body(code));
    });
    CHECK_FALSE(stage.go(stage.connector.changed_items(stage.now())));
    CHECK_FALSE(stage.go(stage.connector.changed_items(stage.now())));
    CHECK(stage.requests().size() == 1);
}

TEST_CASE("a listing of the whole mailbox that is denied is gone on without")
{
    // Read access may be given to folders one by one: what cannot be done without says so.
    GraphStage stage(
        [](const Received&) { return json_answer(403, error_body("ErrorAccessDenied")); });
    CHECK_FALSE(stage.go(stage.connector.changed_items(stage.now())));
}

TEST_CASE("a mailbox that is gone says so to whoever asks what changed")
{
    GraphStage stage([](const Received&) {
        return json_answer(404, error_body("MailboxNotEnabledForRESTAPI"));
    });
    CHECK_THROWS_AS(stage.go(stage.connector.changed_items(stage.now())), Failure);
}

TEST_CASE("a listing does not lead to another host")
{
    GraphStage stage([](const Received&) {
        return json_answer(200, listing("", "https://elsewhere.example/v1.0/x"));
    });
    CHECK_THROWS_WITH(stage.go(stage.connector.changed_items(stage.now())),
                      Catch::Contains("elsewhere.example"));
}

TEST_CASE("items with a category are found by its name or by how it begins, without an order")
{
    GraphStage* stage_at = nullptr;
    GraphStage stage([&](const Received& r) {
        return json_answer(200, asks(r, "skip") ? listing(R"({"id":"B","categories":["Kim's"]})")
                                                : listing(R"({"id":"A","categories":["KIM'S"]})",
                                                          stage_at->url("/more?$skip=1")));
    });
    stage_at = &stage;
    auto first = stage.go(stage.connector.items_with_category({"Kim's", false}, Cursor())).value();
    CHECK(stage.requests()[0].target.find(
              "$filter=categories%2Fany%28c%3Ac%20eq%20%27Kim%27%27s%27%29&") != std::string::npos);
    CHECK_FALSE(asks(stage.requests()[0], "orderby"));
    CHECK_FALSE(first.last);
    REQUIRE(first.changes.size() == 1);
    CHECK(first.changes[0].item->categories.value_or({}) == std::vector<std::string>{"KIM'S"});
    const auto second =
        stage.go(stage.connector.items_with_category({"Kim's", false}, first.next)).value();
    CHECK(second.last);
    CHECK(second.changes.at(0).key.id == "B");

    stage.go(stage.connector.items_with_category({"CRM:", true}, Cursor()));
    CHECK(asks(stage.requests().back(), "any%28c%3Astartswith%28c%2C%27CRM%3A%27%29%29"));
}

TEST_CASE("what carries a category is told with its transport headers, where it has some")
{
    GraphStage stage([](const Received& r) {
        CHECK(asks(r, "internetMessageHeaders"));
        return json_answer(200, listing(R"({"id":"A","categories":["CRM Track"],
                             "internetMessageHeaders":[{"name":"Keywords","value":"CRM Track"}]},
                            {"id":"B","categories":["CRM Track"],"internetMessageHeaders":null})"));
    });
    const auto page =
        stage.go(stage.connector.items_with_category({"CRM Track", false}, Cursor())).value();
    REQUIRE(page.changes.size() == 2);
    const auto& told = page.changes[0].item->message().automatic;
    REQUIRE(told.has_value());
    CHECK(told->keywords == std::vector<std::string>{"CRM Track"});
    CHECK_FALSE(page.changes[1].item->message().automatic.said());
}

TEST_CASE("a mailbox that does not search by category is gone on with")
{
    GraphStage stage(
        [](const Received&) { return json_answer(400, error_body("ErrorInvalidUrlQueryFilter")); });
    CHECK_FALSE(stage.go(stage.connector.items_with_category({"CRM Track", false}, Cursor())));
}

TEST_CASE("a server that lists everything whatever the filter has not answered the question")
{
    GraphStage stage([](const Received& r) {
        return json_answer(200, asks(r, "categories%2Fany")
                                    ? listing(R"({"id":"A","categories":["Red"]})")
                                    : listing(changed_row("A", "2020-01-01T00:00:00Z")));
    });
    CHECK_FALSE(stage.go(stage.connector.items_with_category({"CRM Track", false}, Cursor())));
    CHECK(stage.go(stage.connector.changed_items(stage.now())).value().items.empty());
}

TEST_CASE("how much folders hold is asked in one batch, and may stay unsaid")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            if (word(part, "url").find("/mailFolders/A?$select=totalItemCount") !=
                std::string::npos)
                return {200, R"({"id":"A","totalItemCount":42})"};
            return {404, error_body("ErrorItemNotFound")};
        });
    });
    const auto counts = stage.go(stage.connector.count_items({FolderId("A"), FolderId("B")}));
    CHECK(counts == std::vector<std::optional<std::int64_t>>{42, std::nullopt});
    CHECK(stage.requests().size() == 1);
}

TEST_CASE("a folder is read newest first, and as it comes where the server does not know the order")
{
    const int refused_with = GENERATE(0, 400, 501);
    GraphStage* stage_at = nullptr;
    GraphStage stage([&](const Received& r) {
        if (refused_with > 0 && asks(r, "$orderby=receivedDateTime%20desc"))
            return json_answer(refused_with, error_body("BadRequest"));
        return json_answer(200, page(stage_at->url("/x?$deltatoken=1"), R"({"id": "A"})"));
    });
    stage_at = &stage;
    for (const char* folder : {"one", "two"}) {
        const auto pages = stage.go(stage.connector.changes_since({{FolderId(folder), Cursor()}}));
        CHECK(as<Page>(pages.at(0)).changes.size() == 1);
    }
    CHECK(stage.requests().size() == (refused_with == 0 ? 2 : 3));
    CHECK(asks(stage.requests()[0], "$orderby=receivedDateTime%20desc"));
    if (refused_with > 0)
        CHECK_FALSE(asks(stage.requests().back(), "orderby"));
}
