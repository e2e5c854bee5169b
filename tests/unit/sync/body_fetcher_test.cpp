#include "support/run.hpp"
#include "sync/body_fetcher.hpp"
#include "unit/sync/scripted_connector.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;
using namespace crmsync::test;

namespace {

sync::Decided accepted(std::string id, std::string version = "v1")
{
    return decided(message().id(std::move(id)).version(std::move(version)), hand_tag());
}

FetchedBody body(std::string id, std::string version = "v1", std::string text = "Hello")
{
    FetchedBody made;
    made.key = {MailboxId(1), std::move(id)};
    made.version = Version(std::move(version));
    made.body = std::move(text);
    return made;
}

AttachmentHead file(std::string id, std::string name, std::int64_t size = 100)
{
    AttachmentHead head;
    head.id = std::move(id);
    head.name = std::move(name);
    head.content_type = "application/octet-stream";
    head.size = size;
    return head;
}

AttachmentContent content(std::string bytes)
{
    AttachmentContent made;
    made.bytes = std::move(bytes);
    return made;
}

std::vector<Phase2> fetch(ScriptedTurn& turn, std::vector<sync::Decided> items)
{
    const TurnContext context = turn.context();
    return run(turn.io, fetch_accepted(context, items));
}

} // namespace

TEST_CASE("each accepted item has its answer, in order")
{
    ScriptedTurn turn;
    turn.connector.bodies["a"] = body("a");
    turn.connector.bodies["b"] = Gone();
    turn.connector.bodies["c"] = BodyRefused{"graph.item_corrupt", "no", true};
    turn.connector.bodies["d"] = body("d", "v1", "Fourth");
    const auto answers = fetch(turn, {accepted("a"), accepted("b"), accepted("c"), accepted("d")});
    REQUIRE(answers.size() == 4);
    CHECK(std::get<Fetched>(answers[0]).body.body == "Hello");
    CHECK(std::holds_alternative<Gone>(answers[1]));
    CHECK(std::get<BodyRefused>(answers[2]).failure == "graph.item_corrupt");
    CHECK(std::get<BodyRefused>(answers[2]).transient);
    CHECK(std::get<Fetched>(answers[3]).body.body == "Fourth");
    CHECK(turn.connector.fetched_attachments.empty());
}

TEST_CASE("of a body at another version than the decided one nothing is used or asked for")
{
    ScriptedTurn turn;
    FetchedBody newer = body("a", "v2", "Not for us");
    newer.attachments = {file("a1", "private.pdf")};
    turn.connector.bodies["a"] = newer;
    turn.connector.attachments["a1"] = content("private");
    const auto answers = fetch(turn, {accepted("a", "v1")});
    REQUIRE(answers.size() == 1);
    CHECK(std::holds_alternative<Outdated>(answers[0]));
    CHECK(turn.connector.fetched_attachments.empty());
}

TEST_CASE("only what policy lets through is fetched, and every attachment has its row")
{
    ScriptedTurn turn;
    FetchedBody with = body("a");
    with.attachments = {file("a1", "tool.exe"), file("a2", "offer.pdf"), file("a3", "logo.png"),
                        file("a4", "film.mov", 6'000'000)};
    with.attachments[2].is_inline = true;
    turn.connector.bodies["a"] = with;
    FetchedBody also = body("b");
    also.attachments = {file("b1", "plan.pdf")};
    turn.connector.bodies["b"] = also;
    turn.connector.attachments["a2"] = content("PDF");
    turn.connector.attachments["b1"] = content("other PDF");

    const auto answers = fetch(turn, {accepted("a"), accepted("b")});
    CHECK(turn.connector.fetched_attachments == std::vector<std::string>{"a/a2", "b/b1"});
    CHECK(turn.connector.most_bytes == 5'242'880);
    const auto& rows = std::get<Fetched>(answers.at(0)).attachments;
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].reason == "type");
    CHECK(rows[1].status == "stored");
    CHECK(rows[1].reason.empty());
    CHECK(rows[1].content == "PDF");
    CHECK(rows[1].size == 3);
    CHECK(rows[1].sha256 == sha256("PDF"));
    CHECK(rows[2].reason == "inline");
    CHECK(rows[3].reason == "size");
    CHECK(rows[3].size == 6'000'000);
    CHECK(rows[3].content.empty());
    CHECK(std::get<Fetched>(answers.at(1)).attachments.at(0).content == "other PDF");
}

TEST_CASE(
    "an attachment that cannot be read, or is larger than it said, is skipped with its reason")
{
    ScriptedTurn turn;
    Settings settings = Planning::settings();
    settings.attachments.max_bytes = 10;
    turn.planning.rules = make_snapshot(settings);
    FetchedBody with = body("a");
    with.attachments = {file("a1", "broken.pdf", 5), file("a2", "liar.pdf", 5)};
    turn.connector.bodies["a"] = with;
    turn.connector.attachments["a1"].reason = "unreadable";
    turn.connector.attachments["a2"] = content("eleven byte");
    const auto answers = fetch(turn, {accepted("a")});
    const auto& rows = std::get<Fetched>(answers.at(0)).attachments;
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].status == "skipped");
    CHECK(rows[0].reason == "unreadable");
    CHECK(rows[1].status == "skipped");
    CHECK(rows[1].reason == "size");
    CHECK(rows[1].content.empty());
}

TEST_CASE("an attachment that cannot be had now puts the item off, and at last is left out")
{
    ScriptedTurn turn;
    FetchedBody with = body("a");
    with.attachments = {file("a1", "offer.pdf"), file("a2", "plan.pdf")};
    turn.connector.bodies["a"] = with;
    turn.connector.attachments["a1"].reason = "unreadable";
    turn.connector.attachments["a1"].transient = true;
    turn.connector.attachments["a2"] = content("PDF");

    sync::Decided item = accepted("a");
    const auto first = fetch(turn, {item});
    const auto& refused = std::get<BodyRefused>(first.at(0));
    CHECK(refused.failure == "item.attachment_unavailable");
    CHECK(refused.transient);

    item.known.park_attempts = park_attempts - 1;
    const auto last = fetch(turn, {item});
    const auto& rows = std::get<Fetched>(last.at(0)).attachments;
    CHECK(rows.at(0).reason == "unreadable");
    CHECK(rows.at(1).status == "stored");
}
