#include "base/failure.hpp"
#include "connector/graph/graph_delta.hpp"
#include "connector/graph/graph_json.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

const MailboxId mailbox(7);
const Urls urls("https://graph.example", "kim@contoso.example");

Page page(std::string_view json) { return read_page(parse_document(json)->root(), mailbox, urls); }

std::string failure_name(std::string_view json)
{
    try {
        page(json);
        return "";
    } catch (const Failure& failure) {
        return failure.name() + " " + std::string(to_string(failure.reaction()));
    }
}

} // namespace

TEST_CASE("a page with a next link goes on, one with a delta link ends the round")
{
    const Page first = page(
        R"({"@odata.nextLink": "https://graph.example/v1.0/x?$skiptoken=a%20b", "value": []})");
    CHECK(first.next == Cursor("https://graph.example/v1.0/x?$skiptoken=a%20b"));
    CHECK_FALSE(first.last);
    CHECK(first.changes.empty());

    const Page last = page(
        R"j({"value": [], "@odata.deltaLink": "https://graph.example/v1.0/x?$deltatoken=D'(1)"})j");
    CHECK(last.next == Cursor("https://graph.example/v1.0/x?$deltatoken=D'(1)"));
    CHECK(last.last);
}

TEST_CASE("removed rows tell only their key, and both of two rows for one item are kept in order")
{
    const Page both = page(R"({"@odata.deltaLink": "https://graph.example/v1.0/x", "value": [
        {"@odata.type": "#microsoft.graph.message", "id": "gone", "@removed": {"reason": "deleted"}},
        {"id": "twice", "changeKey": "1"},
        {"id": "twice", "changeKey": "2", "categories": ["CRM"]},
        {"@removed": {"reason": "changed"}, "id": "also gone", "subject": "never mind"}]})");

    REQUIRE(both.changes.size() == 4);
    CHECK(both.changes[0].removed());
    CHECK(both.changes[0].key == ItemKey{mailbox, "gone"});
    CHECK(*both.changes[1].item->version == Version("1"));
    CHECK(*both.changes[2].item->version == Version("2"));
    CHECK(both.changes[2].item->categories.said());
    CHECK_FALSE(both.changes[1].item->categories.said());
    CHECK(both.changes[3].removed());
}

TEST_CASE("one unreadable row does not keep the others from being read")
{
    const Page mixed = page("{\"@odata.deltaLink\": \"https://graph.example/v1.0/x\", \"value\": ["
                            R"({"id": "a", "subject": "fine"},)"
                            R"({"id": "b", "categories": "red"},)"
                            R"({"subject": "no id"}, 17, null, {"@removed": {}},)"
                            R"({"id": "c", "subject": "half \ud800 a pair"},)"
                            "{\"id\": \"d\", \"subject\": \"raw \x02 control\"}]}");

    REQUIRE(mixed.changes.size() == 4);
    CHECK(mixed.changes[0].item->unreadable.empty());
    CHECK(mixed.changes[1].item->unreadable == "categories is no list");
    CHECK(*mixed.changes[2].item->subject == "half \uFFFD a pair");
    CHECK(*mixed.changes[3].item->subject == "raw   control");
}

TEST_CASE("a link to another host is refused")
{
    for (const std::string_view link :
         {"https://evil.example/v1.0/x", "http://graph.example/v1.0/x",
          "https://graph.example.evil.example/v1.0/x", "https://graph.example@evil.example/v1.0/x",
          "https://graph.example:444/v1.0/x", "//graph.example/v1.0/x", "/v1.0/x", ""}) {
        INFO(link);
        CHECK(failure_name(fmt::format(R"({{"value": [], "@odata.nextLink": "{}"}})", link)) ==
              "graph.foreign_link reauthorise");
    }
    CHECK(failure_name(R"({"value": [], "@odata.nextLink": "https://GRAPH.example:443/v1.0/x"})") ==
          "");
}

TEST_CASE("an answer without a link or without a list may be better next time")
{
    CHECK(failure_name(R"({"value": []})") == "graph.unreadable_answer retry");
    CHECK(failure_name(R"({"@odata.deltaLink": "https://graph.example/v1.0/x"})") ==
          "graph.unreadable_answer retry");
    CHECK(failure_name(R"([])") == "graph.unreadable_answer retry");
}

TEST_CASE("search folders are left out of the folder tree and localised names are kept for people")
{
    const FolderPage tree = read_folder_page(parse_document(R"({
        "@odata.deltaLink": "https://graph.example/v1.0/f?$deltatoken=1", "value": [
        {"id": "in", "displayName": "Posteingang", "parentFolderId": "root"},
        {"id": "s", "@odata.type": "#microsoft.graph.mailSearchFolder", "displayName": "Unread"},
        {"id": "old", "@removed": {"reason": "deleted"}},
        {"displayName": "no id"},
        {"id": "bare"}]})")
                                                 ->root(),
                                             urls);

    CHECK(tree.last);
    REQUIRE(tree.rows.size() == 3);
    CHECK(tree.rows[0].id == FolderId("in"));
    CHECK(tree.rows[0].folder->parent == FolderId("root"));
    CHECK(tree.rows[0].folder->name == "Posteingang");
    CHECK(tree.rows[0].folder->well_known == WellKnown::none);
    CHECK(tree.rows[1].id == FolderId("old"));
    CHECK_FALSE(tree.rows[1].folder);
    CHECK_FALSE(tree.rows[2].folder->parent);
}

TEST_CASE("the first request of a folder asks for every property of phase 1 and for no date")
{
    const std::string url = urls.message_delta(FolderId("AAMk+In/box="), true);

    CHECK(url.starts_with(
        "/users/kim@contoso.example/mailFolders/AAMk%2BIn%2Fbox=/messages/delta?$select="));
    for (const std::string_view property : {"changeKey",       "parentFolderId",
                                            "conversationId",  "conversationIndex",
                                            "subject",         "from",
                                            "sender",          "replyTo",
                                            "toRecipients",    "ccRecipients",
                                            "bccRecipients",   "internetMessageId",
                                            "sentDateTime",    "receivedDateTime",
                                            "createdDateTime", "lastModifiedDateTime",
                                            "categories",      "isDraft",
                                            "hasAttachments",  "String%200x1042",
                                            "String%200x1039", "Integer%200x36",
                                            "String%200x1A",   "Integer%200xE08"}) {
        INFO(property);
        CHECK(url.find(property) != std::string::npos);
    }
    for (const std::string_view never :
         {"body", "isRead", "internetMessageHeaders", "$filter=received", "$top", " "})
        CHECK(url.find(never) == std::string::npos);
    CHECK(url.find("$filter=id%20eq%20") != std::string::npos);
}

TEST_CASE("inside a batch a link is the stored one less scheme, host and version, byte for byte")
{
    CHECK(urls.path_of("https://graph.example/v1.0/users('8e')/mailFolders('A%2Bx')/messages/"
                       "delta?$deltatoken=a+b%20c'/%c3") ==
          "/users('8e')/mailFolders('A%2Bx')/messages/delta?$deltatoken=a+b%20c'/%c3");
    CHECK(urls.path_of("HTTPS://Graph.Example/v1.0/x") == "/x");
    CHECK_FALSE(urls.path_of("https://graph.example/beta/x"));
    CHECK_FALSE(urls.path_of("https://graph.example/v1.0x/y"));
    CHECK_FALSE(urls.path_of("https://other.example/v1.0/x"));
}

TEST_CASE("ids and addresses cannot leave their place in a URL")
{
    CHECK(path_segment("a/../b?$x#y z'") == "a%2F..%2Fb%3F%24x%23y%20z%27");
    CHECK(path_segment("AAkALg-_=") == "AAkALg-_=");
    CHECK(Urls("https://g.example/", "o'neil#ext#@x.example").url("/a") ==
          "https://g.example/v1.0/a");
    CHECK(Urls("https://g.example", "o'neil#ext#@x.example").master_categories() ==
          "/users/o%27neil%23ext%23@x.example/outlook/masterCategories");
}
