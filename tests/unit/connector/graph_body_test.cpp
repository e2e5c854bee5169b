#include "connector/graph/graph_body.hpp"
#include "connector/graph/graph_json.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

std::optional<FetchedBody> read(std::string_view json)
{
    return read_body(parse_document(json)->root(), MailboxId(3));
}

} // namespace

TEST_CASE("a body comes with its version, its type and the list of attachments")
{
    const auto body = read(R"({"id": "A", "changeKey": "K", "@odata.etag": "W/\"E\"",
        "body": {"contentType": "HTML", "content": "<p>caf\u00e9</p>\u0000"},
        "attachments": [
          {"@odata.type": "#microsoft.graph.fileAttachment", "id": "1", "name": "a.pdf",
           "contentType": "application/pdf", "size": 13068, "isInline": false},
          {"@odata.type": "#microsoft.graph.itemAttachment", "id": "2", "name": "mail", "contentType": null, "size": 9},
          {"@odata.type": "microsoft.graph.referenceAttachment", "id": "3", "isInline": true},
          {"name": "no id"}]})");

    REQUIRE(body);
    CHECK(body->key == ItemKey{MailboxId(3), "A"});
    CHECK(body->version == Version("K"));
    CHECK(body->type == BodyType::html);
    CHECK(body->body == "<p>caf\u00e9</p>");
    REQUIRE(body->attachments.size() == 3);
    CHECK(body->attachments[0].name == "a.pdf");
    CHECK(body->attachments[0].size == 13068);
    CHECK(body->attachments[0].kind == AttachmentKind::file);
    CHECK_FALSE(body->attachments[0].is_inline);
    CHECK(body->attachments[1].kind == AttachmentKind::item);
    CHECK(body->attachments[2].kind == AttachmentKind::reference);
    CHECK(body->attachments[2].is_inline);
}

TEST_CASE("a text body, an empty one and one that is null are bodies")
{
    CHECK(read(R"({"id": "A", "body": {"contentType": "text", "content": "plain"}})")->type ==
          BodyType::text);
    CHECK(read(R"({"id": "A", "body": {"contentType": "html", "content": null}})")->body.empty());
    CHECK(read(R"({"id": "A", "body": null})")->body.empty());
    CHECK(read(R"({"id": "A", "@odata.etag": "W/\"E\"", "body": {}})")->version == Version("E"));
}

TEST_CASE("an answer without a body is not taken for an empty one")
{
    CHECK_FALSE(read(R"({"id": "A", "changeKey": "K"})"));
    CHECK_FALSE(read(R"({"body": {"content": "x"}})"));
    CHECK_FALSE(read(R"({"id": "A", "body": "x"})"));
    CHECK_FALSE(read(R"({"id": "A", "body": {"content": 17}})"));
}

TEST_CASE("attachments that cannot be read, or go on elsewhere, are not taken for all there are")
{
    const auto with = [](std::string_view more) {
        return read(fmt::format(R"({{"id": "A", "body": null, {}}})", more));
    };
    CHECK_FALSE(with(R"("attachments": {"value": []})"));
    CHECK_FALSE(with(R"("attachments": "none")"));
    CHECK_FALSE(with(R"("attachments": [], "attachments@odata.nextLink": "https://g.example/x")"));
    CHECK(with(R"("attachments": null)")->attachments.empty());
    CHECK(with(R"("attachments": [])")->attachments.empty());
}
