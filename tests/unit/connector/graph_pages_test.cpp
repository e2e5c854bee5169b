#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

const MailboxId mailbox(7);

} // namespace

TEST_CASE("one folder is read by a request of its own, its link byte for byte")
{
    GraphStage* at = nullptr;
    GraphStage stage([&](const Received& r) {
        return json_answer(200,
                           r.target.find("deltatoken") == std::string::npos
                               ? page(at->url("/x('1')?$deltatoken=a%2Bb+c'"), R"({"id": "A"})")
                               : page(at->url("/y")));
    });
    at = &stage;

    auto pages = stage.go(stage.connector.changes_since({{FolderId("F/1"), Cursor()}}));
    const Page& first = as<Page>(pages.at(0));
    CHECK(first.last);
    REQUIRE(first.changes.size() == 1);
    CHECK(first.changes[0].key == ItemKey{mailbox, "A"});
    CHECK(stage.requests()[0].target.starts_with(
        "/v1.0/users/kim@contoso.example/mailFolders/F%2F1/messages/delta?$select="));
    CHECK(header_value(stage.requests()[0].headers, "Prefer") ==
          R"(IdType="ImmutableId", odata.maxpagesize=500)");

    stage.go(stage.connector.changes_since({{FolderId("F/1"), first.next}}));
    CHECK(stage.requests()[1].target == "/v1.0/x('1')?$deltatoken=a%2Bb+c'");
    CHECK(header_value(stage.requests()[1].headers, "Prefer") ==
          R"(IdType="ImmutableId", odata.maxpagesize=500)");
}

TEST_CASE("several folders are read in one batch, and each has its own answer")
{
    GraphStage* at = nullptr;
    std::vector<std::string> urls;
    GraphStage stage([&](const Received& r) {
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            urls.push_back(url);
            CHECK(std::string(part.at("headers").at("Prefer").as_string())
                      .starts_with(R"(IdType="ImmutableId", odata.maxpagesize=)"));
            if (url == "/one?$deltatoken='1'")
                return {200, page(at->url("/one?$deltatoken='2'"), R"({"id": "A"})")};
            if (url == "/two?x")
                return {410, error_body("SyncStateNotFound")};
            if (url == "/three")
                return {404, error_body("ErrorSyncFolderNotFound")};
            return {200, page(at->url("/four?$skiptoken=1"), R"({"id": "B"})", false)};
        });
    });
    at = &stage;

    const auto pages = stage.go(
        stage.connector.changes_since({{FolderId("1"), Cursor(stage.url("/one?$deltatoken='1'"))},
                                       {FolderId("2"), Cursor(stage.url("/two?x"))},
                                       {FolderId("3"), Cursor(stage.url("/three"))},
                                       {FolderId("4"), Cursor()}}));

    REQUIRE(pages.size() == 4);
    CHECK(as<Page>(pages[0]).next == Cursor(stage.url("/one?$deltatoken='2'")));
    as<CursorExpired>(pages[1]);
    as<CursorExpired>(pages[2]);
    CHECK_FALSE(as<Page>(pages[3]).last);
    CHECK(stage.requests().size() == 1);
    CHECK(urls[3].starts_with("/users/kim@contoso.example/mailFolders/4/messages/delta?$select="));
}

TEST_CASE("a stored link to another host is refused before anything is sent")
{
    GraphStage stage([](const Received&) { return json_answer(200, "{}"); });

    for (const std::string_view link :
         {"http://127.0.0.1:1/v1.0/x", "https://evil.example/v1.0/x", "nonsense"}) {
        const Failure one = failure_of([&] {
            stage.go(stage.connector.changes_since({{FolderId("F"), Cursor(std::string(link))}}));
        });
        CHECK(one.name() == "graph.foreign_link");
        CHECK(one.reaction() == Reaction::stop);
        const Failure tree =
            failure_of([&] { stage.go(stage.connector.folders_since(Cursor(std::string(link)))); });
        CHECK(tree.name() == "graph.foreign_link");
    }
    CHECK(stage.requests().empty());
    CHECK(stage.tokens() == 0);
}

TEST_CASE("a page that Graph cannot make is asked for smaller, until the round is over")
{
    GraphStage* at = nullptr;
    std::vector<std::string> sizes;
    GraphStage stage([&](const Received& r) {
        const std::string prefer = header_value(r.headers, "Prefer");
        sizes.push_back(prefer.substr(prefer.rfind('=') + 1));
        if (sizes.back() == "500" && sizes.size() == 1)
            return json_answer(504, error_body("UnknownError"));
        return json_answer(200, page(at->url("/x"), "", sizes.size() > 2));
    });
    at = &stage;
    const FolderId folder("F");

    auto next = as<Page>(stage.go(stage.connector.changes_since({{folder, Cursor()}})).at(0)).next;
    next = as<Page>(stage.go(stage.connector.changes_since({{folder, next}})).at(0)).next;
    stage.go(stage.connector.changes_since({{folder, next}}));

    CHECK(sizes == std::vector<std::string>{"500", "25", "25", "500"});
}

TEST_CASE("a folder whose small pages fail as well is given up for now")
{
    GraphStage stage([](const Received&) { return json_answer(500, ""); });

    const Failure failure = failure_of([&] {
        stage.go(stage.connector.changes_since({{FolderId("F"), Cursor()}}));
    });

    CHECK(failure.name() == "graph.unavailable");
    CHECK(failure.reaction() == Reaction::retry);
    CHECK(stage.requests().size() == 4);
}

TEST_CASE("a full mailbox is told as one, and is not asked again and again")
{
    GraphStage stage(
        [](const Received&) { return json_answer(507, error_body("ErrorQuotaExceeded")); });

    const Failure failure = failure_of([&] {
        stage.go(stage.connector.changes_since({{FolderId("F"), Cursor()}}));
    });

    CHECK(failure.name() == "graph.mailbox_full");
    CHECK(failure.reaction() == Reaction::wait);
    CHECK(stage.requests().size() == 1);
}
