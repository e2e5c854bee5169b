#include "base/failure.hpp"
#include "conformance/stage.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace crmsync;
using namespace crmsync::test;

CONFORMANCE_CASE(
    "bodies come in the order asked, with their version and attachments, gone ones as gone")
{
    std::vector<ItemKey> keys;
    for (int i = 0; i < 43; ++i)
        keys.push_back(
            {Stage::mailbox, stage.put({.body = "<p>Body " + std::to_string(i) + "</p>"})});
    const std::string with_file = stage.put({.files = {{"offer.pdf", "%PDF"}}});
    keys.push_back({Stage::mailbox, with_file});
    stage.erase(keys[7].id);

    const auto answers = stage.go(stage.connector().fetch(keys));

    REQUIRE(answers.size() == 44);
    for (std::size_t i = 0; i < 43; ++i) {
        if (i == 7) {
            CHECK(std::holds_alternative<Gone>(answers[i]));
            continue;
        }
        const auto& body = std::get<FetchedBody>(answers[i]);
        CHECK(body.key == keys[i]);
        CHECK(body.body.find("Body " + std::to_string(i) + "<") != std::string::npos);
        CHECK(body.type == BodyType::html);
    }
    const auto& last = std::get<FetchedBody>(answers[43]);
    REQUIRE(last.attachments.size() == 1);
    CHECK(last.attachments[0].name == "offer.pdf");
    CHECK(last.attachments[0].size >= 4);
    CHECK(last.attachments[0].kind == AttachmentKind::file);
}

CONFORMANCE_CASE("the version of a body is the one its row had, until somebody changes the item")
{
    const std::string id = stage.put({.subject = "Versions"});
    const ItemKey key{Stage::mailbox, id};
    const auto looked = stage.go(stage.connector().look_up({key}));

    const auto same = stage.go(stage.connector().fetch({key}));
    CHECK(std::get<FetchedBody>(same[0]).version == *looked.at(0)->version);

    stage.set_categories(id, {"Red"});
    const auto other = stage.go(stage.connector().fetch({key}));
    CHECK(std::get<FetchedBody>(other[0]).version != *looked.at(0)->version);
}

CONFORMANCE_CASE("a body whose attachments cannot come along is fetched without them first")
{
    const std::string id = stage.put({.body = "<p>many</p>", .files = {{"a", "1"}, {"b", "2"}}});
    stage.fail_fetching(id);

    const auto answers = stage.go(stage.connector().fetch({{Stage::mailbox, id}}));

    const auto& body = std::get<FetchedBody>(answers.at(0));
    CHECK(body.body.find("many") != std::string::npos);
    CHECK(body.attachments.size() == 2);
}

CONFORMANCE_CASE("attachments come byte for byte, small and large, and a broken one fails alone")
{
    std::string large(700'000, '\0');
    std::iota(large.begin(), large.end(), '\0');
    const std::string id = stage.put({.files = {{"small.bin", std::string("a\0b\xFF", 4)},
                                                {"large.bin", large},
                                                {"broken.bin", "x", true},
                                                {"empty.bin", ""}}});
    const auto fetched = stage.go(stage.connector().fetch({{Stage::mailbox, id}}));
    std::vector<AttachmentRef> wanted;
    for (const AttachmentHead& head : std::get<FetchedBody>(fetched.at(0)).attachments)
        wanted.push_back({id, head.id, head.size});
    REQUIRE(wanted.size() == 4);

    const auto contents = stage.go(stage.connector().fetch_attachments(wanted, {1'000'000}));

    REQUIRE(contents.size() == 4);
    CHECK(contents[0].bytes == std::string("a\0b\xFF", 4));
    CHECK(contents[1].bytes == large);
    CHECK_FALSE(contents[2].bytes);
    CHECK(contents[2].reason == "unreadable");
    CHECK(contents[3].bytes == "");

    const auto limited = stage.go(stage.connector().fetch_attachments({wanted[1]}, {500'000}));
    CHECK_FALSE(limited[0].bytes);
    CHECK(limited[0].reason == "size");
}

CONFORMANCE_CASE("a look at headers tells machines from people and reads no body")
{
    const std::string person = stage.put({.subject = "By hand"});
    const std::string machine =
        stage.put({.headers = {{"Auto-Submitted", "auto-generated"}, {"Keywords", "CRM Track"}}});
    const std::string secret = stage.put({.sensitivity = 3});

    const auto items = stage.go(stage.connector().look_at_headers(
        {{Stage::mailbox, person}, {Stage::mailbox, machine}, {Stage::mailbox, secret}}));

    CHECK_FALSE(items.at(0)->message().automatic->automatic);
    CHECK(*items[0]->sensitivity == Sensitivity::normal);
    CHECK(items.at(1)->message().automatic->automatic);
    CHECK(items[1]->message().automatic->keywords == std::vector<std::string>{"CRM Track"});
    CHECK(*items.at(2)->sensitivity == Sensitivity::confidential);
    CHECK(stage.bodies_asked() == 0);
}

CONFORMANCE_CASE("all copies with a Message-ID are found")
{
    const std::string a = stage.put({.message_id = "<it's@adventure.example>"});
    const std::string b = stage.put({.message_id = "<it's@adventure.example>"}, "archive");
    stage.put({.message_id = "<other@adventure.example>"});

    const auto found = stage.go(stage.connector().find_message("it's@adventure.example"));

    REQUIRE(found.size() == 2);
    CHECK(((found[0].key.id == a && found[1].key.id == b) ||
           (found[0].key.id == b && found[1].key.id == a)));
    CHECK(found[0].complete());
    CHECK(stage.go(stage.connector().find_message("nobody@knows.example")).empty());
}

CONFORMANCE_CASE("the answers to a Message-ID are found, in every folder")
{
    const std::string a = stage.put({.in_reply_to = "<It's@adventure.example>"});
    const std::string b = stage.put({.in_reply_to = "<it's@adventure.example>"}, "archive");
    stage.put({.in_reply_to = "<other@adventure.example>"});
    stage.put({.message_id = "<it's@adventure.example>"});

    const auto found = stage.go(stage.connector().find_replies("it's@adventure.example"));

    REQUIRE(found.size() == 2);
    CHECK(((found[0].key.id == a && found[1].key.id == b) ||
           (found[0].key.id == b && found[1].key.id == a)));
    CHECK(found[0].complete());
    CHECK(stage.go(stage.connector().find_replies("nobody@knows.example")).empty());
}
