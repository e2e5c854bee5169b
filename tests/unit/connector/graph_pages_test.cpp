#include "graph_stage.hpp"

#include <catch2/catch.hpp>

#include <tuple>

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

TEST_CASE("a stored link to another host is of no use, and nothing is sent anywhere")
{
    GraphStage stage([](const Received&) { return json_answer(200, "{}"); });

    for (const std::string_view link :
         {"http://127.0.0.1:1/v1.0/x", "https://evil.example/v1.0/x", "nonsense"}) {
        const Cursor stored{std::string(link)};
        const auto pages = stage.go(
            stage.connector.changes_since({{FolderId("F"), stored}, {FolderId("G"), stored}}));
        as<CursorExpired>(pages.at(0));
        as<CursorExpired>(pages.at(1));
        const Failure tree =
            failure_of([&] { stage.go(stage.connector.folders_since(Cursor(stored))); });
        CHECK(tree.name() == "graph.foreign_link");
        CHECK(tree.reaction() == Reaction::reauthorise);
    }
    CHECK(stage.requests().empty());
    CHECK(stage.tokens() == 0);
}

TEST_CASE("a page that leads to another host costs its folder, and the others are read")
{
    GraphStage* at = nullptr;
    GraphStage stage(by_url([&](const std::string& url) -> PartReply {
        const bool astray = url.find("ASTRAY") != std::string::npos;
        const std::string link = astray ? "https://evil.example/v1.0/x" : at->url("/next");
        return {200, page(link, R"({"id": "A"})")};
    }));
    at = &stage;
    const FolderCursor astray{FolderId("ASTRAY"), Cursor()};

    const auto pages =
        stage.go(stage.connector.changes_since({astray, {FolderId("FINE"), Cursor()}}));
    CHECK(as<FolderRefused>(pages.at(0)).failure == "graph.foreign_link");
    CHECK(as<FolderRefused>(pages.at(0)).message.find("evil.example") != std::string::npos);
    CHECK(as<Page>(pages.at(1)).changes.size() == 1);

    const auto alone = stage.go(stage.connector.changes_since({astray}));
    CHECK(as<FolderRefused>(alone.at(0)).failure == "graph.foreign_link");
    CHECK(stage.requests().size() == 2);
}

TEST_CASE("a link that leads to a mailbox we may not read, or to none, costs its folder")
{
    GraphStage* at = nullptr;
    GraphStage stage(by_url([&](const std::string& url) -> PartReply {
        if (url.find("/users/other/") != std::string::npos)
            return {403, error_body("ErrorAccessDenied")};
        if (url.find("/users/nobody/") != std::string::npos)
            return {404, error_body("ErrorInvalidUser")};
        if (url.ends_with("?$select=id"))
            return {200, R"({"id": "F"})"};
        return {200, page(at->url("/next"), R"({"id": "A"})")};
    }));
    at = &stage;
    const FolderCursor other{FolderId("1"), Cursor(stage.url("/users/other/x?$deltatoken=1"))};
    const FolderCursor nobody{FolderId("2"), Cursor(stage.url("/users/nobody/x?$deltatoken=1"))};

    const auto pages =
        stage.go(stage.connector.changes_since({other, nobody, {FolderId("3"), Cursor()}}));
    as<CursorExpired>(pages.at(0));
    as<CursorExpired>(pages.at(1));
    CHECK(as<Page>(pages.at(2)).changes.size() == 1);
    as<CursorExpired>(stage.go(stage.connector.changes_since({other})).at(0));
    as<CursorExpired>(stage.go(stage.connector.folders_since(other.cursor)));
}

TEST_CASE("links are kept when the mailbox itself may not be read any more")
{
    GraphStage stage(by_url([](const std::string&) -> PartReply {
        return {403, error_body("ErrorAccessDenied")};
    }));
    const Cursor stored(stage.url("/users/x?$deltatoken=1"));

    const Failure failure = failure_of([&] {
        stage.go(stage.connector.changes_since({{FolderId("1"), stored}, {FolderId("2"), stored}}));
    });

    CHECK(failure.name() == "graph.access_denied");
    CHECK(stage.requests().size() == 3); // the batch, the first link, and whether it is the link
    CHECK(failure_of([&] { stage.go(stage.connector.folders_since(Cursor())); }).name() ==
          "graph.access_denied");
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

    CHECK(sizes == std::vector<std::string>{"500", "125", "125", "500"});
}

TEST_CASE("a page is asked for ever smaller, and the rest of the round as it could be had")
{
    GraphStage* at = nullptr;
    std::vector<std::string> sizes;
    GraphStage stage([&](const Received& r) {
        const std::string prefer = header_value(r.headers, "Prefer");
        sizes.push_back(prefer.substr(prefer.rfind('=') + 1));
        if (sizes.back() != "25")
            return json_answer(504, error_body("UnknownError"));
        return json_answer(200, page(at->url("/x"), "", false));
    });
    at = &stage;
    const FolderId folder("F");

    const auto pages = stage.go(stage.connector.changes_since({{folder, Cursor()}}));
    stage.go(stage.connector.changes_since({{folder, as<Page>(pages.at(0)).next}}));

    CHECK(sizes == std::vector<std::string>{"500", "125", "25", "25"});
}

TEST_CASE("a folder whose small pages fail as well is refused by itself")
{
    GraphStage stage([](const Received&) { return json_answer(500, ""); });

    const auto pages = stage.go(stage.connector.changes_since({{FolderId("F"), Cursor()}}));

    CHECK(as<FolderRefused>(pages.at(0)).failure == "graph.unavailable");
    CHECK(stage.requests().size() == 5);
}

TEST_CASE("folders that cannot be had are refused, whatever the reason, and the others are read")
{
    GraphStage* at = nullptr;
    GraphStage stage(by_url([&](const std::string& url) -> PartReply {
        for (const auto& [folder, status, code] :
             {std::tuple("CORRUPT", 500, "ErrorCorruptData"), std::tuple("DOWN", 502, "Broken"),
              std::tuple("ODD", 400, "Odd")})
            if (url.find(folder) != std::string::npos)
                return {status, error_body(code)};
        if (url.find("BROKEN") != std::string::npos)
            return {200, R"({"value": "nothing"})"};
        return {200, page(at->url("/next"), R"({"id": "A"})")};
    }));
    at = &stage;

    std::vector<FolderCursor> folders;
    for (const char* name : {"CORRUPT", "DOWN", "ODD", "BROKEN", "FINE"})
        folders.push_back({FolderId(name), Cursor()});
    const auto pages = stage.go(stage.connector.changes_since(std::move(folders)));

    CHECK(as<FolderRefused>(pages[0]).failure == "graph.item_corrupt");
    CHECK(as<FolderRefused>(pages[1]).failure == "graph.unavailable");
    CHECK(as<FolderRefused>(pages[2]).failure == "graph.bad_request");
    CHECK(as<FolderRefused>(pages[3]).failure == "graph.unreadable_answer");
    CHECK(as<Page>(pages[4]).changes.size() == 1);
}

TEST_CASE("a folder that is always busy does not hide what is told of the others")
{
    GraphStage* at = nullptr;
    GraphStage stage(by_url([&](const std::string& url) -> PartReply {
        if (url.find("BUSY") != std::string::npos)
            return {503, error_body("ErrorServiceUnavailable")};
        if (url.find("DOWN") != std::string::npos)
            return {500, error_body("Broken")};
        return {200, page(at->url("/next"), R"({"id": "A"})")};
    }));
    at = &stage;

    const auto pages = stage.go(stage.connector.changes_since({{FolderId("BUSY"), Cursor()},
                                                               {FolderId("DOWN"), Cursor()},
                                                               {FolderId("FINE"), Cursor()}}));

    CHECK(as<FolderRefused>(pages[0]).failure == "graph.busy");
    as<FolderRefused>(pages[1]);
    CHECK(as<Page>(pages[2]).changes.size() == 1);
}

TEST_CASE("an answer that ends too early is asked for smaller, and then refused")
{
    std::vector<std::string> sizes;
    GraphStage stage([&](const Received& r) {
        const std::string prefer = header_value(r.headers, "Prefer");
        sizes.push_back(prefer.substr(prefer.rfind('=') + 1));
        return json_answer(200, R"({"value": [)");
    });

    const auto pages = stage.go(stage.connector.changes_since({{FolderId("F"), Cursor()}}));

    CHECK(as<FolderRefused>(pages.at(0)).failure == "graph.unreadable_answer");
    CHECK(sizes == std::vector<std::string>{"500", "125", "25"});
}

TEST_CASE(
    "a stored link that is refused for good is of no use any more, and a fresh one is no link")
{
    GraphStage stage(by_url([](const std::string&) -> PartReply {
        return {400, error_body("ErrorInvalidParameter")};
    }));
    const Cursor stored(stage.url("/old?$deltatoken=1"));

    const auto both = stage.go(
        stage.connector.changes_since({{FolderId("A"), stored}, {FolderId("B"), Cursor()}}));
    as<CursorExpired>(both[0]);
    CHECK(as<FolderRefused>(both[1]).failure == "graph.bad_request");
    as<CursorExpired>(stage.go(stage.connector.changes_since({{FolderId("A"), stored}})).at(0));
    as<CursorExpired>(stage.go(stage.connector.folders_since(stored)));
    CHECK_THROWS_AS(stage.go(stage.connector.folders_since(Cursor())), Failure);
}

TEST_CASE("after an empty round its link is asked with, though the older one is the stored one")
{
    GraphStage* at = nullptr;
    int round = 0;
    GraphStage stage([&](const Received&) {
        ++round;
        return json_answer(200, page(at->url("/r?$deltatoken=" + std::to_string(round)),
                                     round == 3 ? R"({"id": "A"})" : ""));
    });
    at = &stage;
    const Cursor stored(stage.url("/r?$deltatoken=0"));

    Cursor next;
    for (int i = 0; i < 3; ++i)
        next =
            as<Page>(stage.go(stage.connector.changes_since({{FolderId("F"), stored}})).at(0)).next;
    stage.go(stage.connector.changes_since({{FolderId("F"), next}}));

    std::vector<std::string> asked;
    for (const Received& request : stage.requests())
        asked.push_back(request.target.substr(request.target.rfind('=') + 1));
    CHECK(asked == std::vector<std::string>{"0", "1", "2", "3"});
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
