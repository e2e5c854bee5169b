#include "base/digest.hpp"
#include "graph_stage.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

const MailboxId mailbox(7);

std::string page(std::string_view link, std::string_view rows = "", bool last = true)
{
    return fmt::format(R"({{"@odata.{}": "{}", "value": [{}]}})", last ? "deltaLink" : "nextLink",
                       link, rows);
}

template <class T, class... Answers>
const T& as(const std::variant<Answers...>& answer)
{
    REQUIRE(std::holds_alternative<T>(answer));
    return std::get<T>(answer);
}

template <class Call>
Failure failure_of(Call call)
{
    try {
        call();
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("no failure");
    throw std::logic_error("unreachable");
}

} // namespace

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

TEST_CASE("looking up tells what is gone and what cannot be read, beside what is there")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            if (url.find("/messages/gone?") != std::string::npos)
                return {404, error_body("ErrorItemNotFound")};
            if (url.find("/messages/bad?") != std::string::npos)
                return {500, error_body("ErrorCorruptData")};
            CHECK(url.find("internetMessageHeaders") == std::string::npos);
            CHECK(url.find("body") == std::string::npos);
            return {200, R"({"id": "A", "changeKey": "K"})"};
        });
    });

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

TEST_CASE("a message that cannot be expanded is fetched in two parts")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
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
        });
    });

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

TEST_CASE("a body that cannot be had is refused by itself, for ever or for now")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            if (url.find("/messages/corrupt") != std::string::npos)
                return {500, error_body("ErrorCorruptData")};
            if (url.find("/messages/down") != std::string::npos)
                return {500, error_body("ErrorInternalServerError")};
            if (url.find("/messages/gone") != std::string::npos)
                return {404, error_body("ErrorItemNotFound")};
            return {200, R"({"id": "A", "body": {"content": "x"}})"};
        });
    });

    const auto answers = stage.go(stage.connector.fetch(
        {{mailbox, "corrupt"}, {mailbox, "down"}, {mailbox, "gone"}, {mailbox, "A"}}));

    CHECK(as<BodyRefused>(answers[0]).failure == "graph.item_corrupt");
    CHECK_FALSE(as<BodyRefused>(answers[0]).transient);
    CHECK(as<BodyRefused>(answers[1]).transient);
    as<Gone>(answers[2]);
    CHECK(as<FetchedBody>(answers[3]).body == "x");
}

TEST_CASE("small attachments come by batch and cut by size, large ones singly")
{
    std::vector<std::size_t> batches;
    std::set<std::string> singles;
    GraphStage stage([&](const Received& r) {
        if (!is_batch(r)) {
            singles.insert(r.target);
            Answer answer;
            answer.body = std::string(300'000, 'L');
            return answer;
        }
        batches.push_back(parts_of(r).size());
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            if (url.find("/attachments/ref/") != std::string::npos)
                return {405, error_body("RequestBroken")};
            if (url.find("/attachments/ole/") != std::string::npos)
                return {400, error_body("ErrorCannotOpenFileAttachment")};
            return {200,
                    '"' + base64("bytes of " + url.substr(url.find("/attachments/") + 13)) + '"'};
        });
    });
    std::vector<AttachmentRef> wanted;
    for (int i = 0; i < 14; ++i)
        wanted.push_back({"M", "s" + std::to_string(i), 250'000});
    wanted.push_back({"M", "large", 300'100});
    wanted.push_back({"M", "huge", 9'000'000});
    wanted.push_back({"M", "ref", 10});
    wanted.push_back({"M", "ole", 10});
    wanted.push_back({"M", "too long", 5});

    const auto contents = stage.go(stage.connector.fetch_attachments(wanted, 5'000'000));

    CHECK(batches == std::vector<std::size_t>{12, 5});
    CHECK(singles == std::set<std::string>{
                         "/v1.0/users/kim@contoso.example/messages/M/attachments/large/$value"});
    CHECK(contents[0].bytes == "bytes of s0/$value");
    CHECK(contents[13].bytes == "bytes of s13/$value");
    CHECK(contents[14].bytes->size() == 300'000);
    CHECK(contents[15].reason == "size");
    CHECK(contents[16].reason == "reference");
    CHECK(contents[17].reason == "unreadable");
    CHECK_FALSE(contents[17].transient);
    CHECK(contents[18].bytes == "bytes of too%20long/$value");
}

TEST_CASE("an attachment that is larger than it said is left at the limit")
{
    GraphStage stage([](const Received& r) {
        if (is_batch(r))
            return batch_answer(r, [](const boost::json::object&) -> PartReply {
                return {200, '"' + base64(std::string(1'001, 'x')) + '"'};
            });
        Answer answer;
        answer.body = std::string(400'000, 'x');
        return answer;
    });

    CHECK(stage.go(stage.connector.fetch_attachments({{"M", "1", 10}}, 1'000))[0].reason == "size");
    CHECK(stage.go(stage.connector.fetch_attachments({{"M", "1", 300'000}}, 300'000))[0].reason ==
          "size");
}

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
    CHECK(as<WriteRefused>(answers[1]).transient);
    CHECK(as<WriteRefused>(answers[29]).failure == "graph.throttled");
    CHECK(batches == 3); // the second batch of twenty is not sent into a closed gate
}

TEST_CASE("a missing permission for writing stops the call and says what to grant")
{
    GraphStage stage([](const Received& r) {
        return batch_answer(r, [](const boost::json::object&) -> PartReply {
            return {403, error_body("ErrorAccessDenied")};
        });
    });

    const Failure failure = failure_of([&] {
        stage.go(stage.connector.write_categories({{{mailbox, "A"}, Version("K"), {}}}));
    });

    CHECK(failure.reaction() == Reaction::reauthorise);
    CHECK(failure.message().find("Mail.ReadWrite") != std::string::npos);
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

TEST_CASE("a probe goes through every step and changes nothing")
{
    GraphStage stage([](const Received& r) {
        if (r.method == "PATCH")
            return json_answer(404, error_body("ErrorItemNotFound"));
        return json_answer(200, R"({"id": "IN", "value": []})");
    });

    const auto results = stage.go(stage.connector.probe());

    std::vector<std::string> steps;
    for (const ProbeResult& result : results) {
        INFO(result.step << " " << result.detail);
        CHECK(result.passed);
        steps.push_back(result.step);
    }
    CHECK(steps ==
          std::vector<std::string>{"token", "mailbox", "read mail", "categories", "write"});
    for (const Received& request : stage.requests())
        CHECK((request.method == "GET" || request.target.find("AAAAAAAA") != std::string::npos ||
               request.target.find("00000000-0000") != std::string::npos));
}

TEST_CASE("a probe names each permission that is missing")
{
    GraphStage stage([](const Received& r) {
        if (r.target.find("/mailFolders/inbox") != std::string::npos)
            return json_answer(200, R"({"id": "IN"})");
        return json_answer(403, error_body("ErrorAccessDenied"));
    });

    const auto results = stage.go(stage.connector.probe());

    REQUIRE(results.size() == 5);
    const std::pair<std::string_view, std::string_view> expected[] = {
        {"read mail", "Mail.Read"},
        {"categories", "MailboxSettings.ReadWrite"},
        {"write", "Mail.ReadWrite"}};
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(results[i + 2].step == expected[i].first);
        CHECK_FALSE(results[i + 2].passed);
        CHECK(results[i + 2].detail.find(expected[i].second) != std::string::npos);
    }
}

TEST_CASE("a probe of a mailbox that is not there says so and stops")
{
    GraphStage stage(
        [](const Received&) { return json_answer(404, error_body("ErrorInvalidUser")); });

    const auto results = stage.go(stage.connector.probe());

    REQUIRE(results.size() == 2);
    CHECK(results[1].step == "mailbox");
    CHECK_FALSE(results[1].passed);
    CHECK(results[1].detail.find("knows no user with this address") != std::string::npos);
}
