#include "graph_stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

TEST_CASE("the folder tree is read page by page and the well-known folders are marked, asked once")
{
    GraphStage* at = nullptr;
    int batches = 0;
    GraphStage stage([&](const Received& r) {
        if (is_batch(r)) {
            ++batches;
            return batch_answer(r, [](const boost::json::object& part) -> PartReply {
                const std::string url = word(part, "url");
                if (url.find("/inbox?") != std::string::npos)
                    return {200, R"({"id": "IN"})"};
                if (url.find("/sentitems?") != std::string::npos)
                    return {200, R"({"id": "SENT"})"};
                return {404, error_body("ErrorItemNotFound")};
            });
        }
        if (r.target.find("skiptoken") == std::string::npos &&
            r.target.find("deltatoken") == std::string::npos)
            return json_answer(200, page(at->url("/f?$skiptoken=1"),
                                         R"({"id": "IN", "displayName": "Posteingang"})", false));
        return json_answer(
            200,
            page(
                at->url("/f?$deltatoken=2"),
                R"({"id": "SENT"}, {"id": "X", "parentFolderId": "IN"}, {"id": "OLD", "@removed": {}})"));
    });
    at = &stage;

    const auto changes = as<FolderChanges>(stage.go(stage.connector.folders_since(Cursor())));

    REQUIRE(changes.present.size() == 3);
    CHECK(changes.present[0].well_known == WellKnown::inbox);
    CHECK(changes.present[1].well_known == WellKnown::sent_items);
    CHECK(changes.present[2].well_known == WellKnown::none);
    CHECK(changes.removed == std::vector<FolderId>{FolderId("OLD")});
    CHECK(changes.next == Cursor(stage.url("/f?$deltatoken=2")));

    stage.go(stage.connector.folders_since(changes.next));
    CHECK(batches == 1);
    CHECK(stage.requests().back().target == "/v1.0/f?$deltatoken=2");
}

TEST_CASE("a well-known folder that is made later is recognised when it appears in the tree")
{
    GraphStage* at = nullptr;
    std::string rows = R"({"id": "IN"}, {"id": "X"})";
    PartReply archive{404, error_body("ErrorItemNotFound")};
    int looked_up = 0;
    GraphStage stage(by_url([&](const std::string& url) -> PartReply {
        if (url.find("/mailFolders/delta?") != std::string::npos ||
            url.find("$deltatoken") != std::string::npos)
            return {200, page(at->url("/f?$deltatoken=1"), rows)};
        if (url.find("/inbox?") != std::string::npos)
            return {200, R"({"id": "IN"})"};
        if (url.find("/archive?") == std::string::npos)
            return {404, error_body("ErrorItemNotFound")};
        ++looked_up;
        return archive;
    }));
    at = &stage;
    Cursor cursor;
    const auto tree = [&] {
        auto changes = as<FolderChanges>(stage.go(stage.connector.folders_since(cursor)));
        cursor = changes.next;
        return changes.present;
    };

    CHECK(tree().at(1).well_known == WellKnown::none);
    rows = R"({"id": "X", "displayName": "Renamed"})";
    CHECK(tree().at(0).well_known == WellKnown::none);
    CHECK(looked_up == 1);

    rows = R"({"id": "NEW"})";
    archive = {500, error_body("ErrorInternalServerError")};
    CHECK(failure_of(tree).name() == "graph.unavailable");
    archive = {200, R"({"id": "NEW"})"};
    CHECK(tree().at(0).well_known == WellKnown::archive);
    looked_up = 0;
    CHECK(tree().at(0).well_known == WellKnown::archive);
    CHECK(looked_up == 0);
}

TEST_CASE("a well-known folder that Graph refuses to name does not keep the tree from being read")
{
    GraphStage* at = nullptr;
    PartReply junk{500, error_body("ErrorCorruptData")};
    PartReply history{400, error_body("ErrorInvalidIdMalformed")};
    PartReply inbox{200, R"({"id": "IN"})"};
    GraphStage stage(by_url([&](const std::string& url) -> PartReply {
        if (url.find("/mailFolders/delta?") != std::string::npos)
            return {200, page(at->url("/f?$deltatoken=1"), R"({"id": "IN"}, {"id": "JUNK"})")};
        if (url.find("/junkemail?") != std::string::npos)
            return junk;
        if (url.find("/conversationhistory?") != std::string::npos)
            return history;
        return inbox;
    }));
    at = &stage;
    const auto tree = [&] {
        return as<FolderChanges>(stage.go(stage.connector.folders_since(Cursor())));
    };

    SECTION("for good, and no other folder is taken for an ordinary one then")
    {
        for (const PartReply& refusal : {junk, PartReply{403, error_body("ErrorAccessDenied")}}) {
            junk = refusal;
            const FolderChanges changes = tree();
            REQUIRE(changes.present.size() == 2);
            CHECK(changes.present[0].well_known == WellKnown::inbox);
            CHECK(changes.present[1].well_known == WellKnown::unknown);
        }
    }
    SECTION("until it names it again")
    {
        CHECK(tree().present.at(1).well_known == WellKnown::unknown);
        junk = {404, error_body("ErrorItemNotFound")};
        history = junk;
        CHECK(tree().present.at(1).well_known == WellKnown::none);
    }
    SECTION("of Inbox as well: then it is the mailbox")
    {
        inbox = {403, error_body("ErrorAccessDenied")};
        CHECK(failure_of(tree).name() == "graph.access_denied");
    }
    SECTION("for now, which is waited for")
    {
        junk = {500, error_body("ErrorInternalServerError")};
        CHECK(failure_of(tree).name() == "graph.unavailable");
        junk = {200, R"({"id": "JUNK"})"};
        CHECK(tree().present.at(1).well_known == WellKnown::junk_email);
    }
}

TEST_CASE(
    "of several rows of a folder in one round the later counts, and keeps what it leaves unsaid")
{
    GraphStage* at = nullptr;
    GraphStage stage([&](const Received& r) {
        if (is_batch(r))
            return batch_answer(r, [](const boost::json::object&) -> PartReply {
                return {404, error_body("ErrorItemNotFound")};
            });
        if (r.target.find("skiptoken") == std::string::npos)
            return json_answer(200, page(at->url("/f?$skiptoken=1"), R"(
                {"id": "TWICE", "displayName": "Offers", "parentFolderId": "ROOT"},
                {"id": "BACK", "@removed": {"reason": "deleted"}},
                {"id": "WENT", "displayName": "Old"})",
                                         false));
        return json_answer(200, page(at->url("/f?$deltatoken=2"), R"(
            {"id": "WENT", "@removed": {"reason": "deleted"}},
            {"id": "BACK", "displayName": "Again"},
            {"id": "TWICE", "displayName": "Orders"})"));
    });
    at = &stage;

    const auto changes = as<FolderChanges>(stage.go(stage.connector.folders_since(Cursor())));

    CHECK(changes.removed == std::vector<FolderId>{FolderId("WENT")});
    REQUIRE(changes.present.size() == 2);
    CHECK(changes.present[0].id == FolderId("BACK"));
    CHECK(changes.present[1].id == FolderId("TWICE"));
    CHECK(changes.present[1].name == "Orders");
    CHECK(changes.present[1].parent == FolderId("ROOT"));
}

TEST_CASE("an expired folder tree is told, and a tree that is not there is a missing mailbox")
{
    int status = 410;
    std::string body = error_body("syncStateNotFound");
    GraphStage stage([&](const Received&) { return json_answer(status, body); });

    as<CursorExpired>(stage.go(stage.connector.folders_since(Cursor(stage.url("/f")))));

    status = 404;
    for (const std::string_view text :
         {"MailboxNotEnabledForRESTAPI", "ErrorInvalidUser", "ErrorItemNotFound", ""}) {
        body = text.empty() ? "" : error_body(text);
        const Failure failure =
            failure_of([&] { stage.go(stage.connector.folders_since(Cursor())); });
        CHECK(failure.name() == "graph.mailbox_missing");
        CHECK(failure.reaction() == Reaction::stop);
        CHECK(failure.message().find("kim@contoso.example") != std::string::npos);
    }
}
