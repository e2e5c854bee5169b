#include "running_simulator.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

json::object body_of(const Response& response) { return response.json().as_object(); }

} // namespace

TEST_CASE("what is not selected is not sent, and an unknown property is refused")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const auto some = body_of(sim.get(sim.message(item, "?$select=subject,internetMessageId")));
    CHECK(some.contains("subject"));
    CHECK(some.contains("id"));
    CHECK(some.contains("@odata.etag"));
    CHECK_FALSE(some.contains("body"));
    const auto all = body_of(sim.get(sim.message(item)));
    CHECK(all.contains("body"));
    CHECK_FALSE(all.contains("uniqueBody"));
    CHECK_FALSE(all.contains("internetMessageHeaders"));
    CHECK(sim.get(sim.message(item, "?$select=subject,colour")).code() ==
          "RequestBroker--ParseUri");
    CHECK(sim.get(sim.message(item, "?$wish=1")).status == 400);
    CHECK(sim.get(sim.message(item, "?$expand=friends")).status == 400);
}

TEST_CASE("the record tells who asked for a body, a preview, contents or MIME")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    sim.server.run([](Script& s) { s.graph().record.clear(); });
    sim.get(sim.message(item, "?$select=subject"));
    sim.get(sim.message(item, "?$select=body"));
    sim.get(sim.message(item));
    sim.get(sim.message(item, "/$value"));
    sim.get(sim.message(item, "/attachments"));
    const auto entries = sim.server.run([](Script& s) { return s.graph().record.entries(); });
    REQUIRE(entries.size() == 5);
    CHECK_FALSE(entries[0].body);
    CHECK_FALSE(entries[0].preview);
    CHECK(entries[0].item == item.id);
    CHECK(entries[1].body);
    CHECK_FALSE(entries[1].preview);
    CHECK(entries[2].body);
    CHECK(entries[2].preview);
    CHECK(entries[3].mime);
    CHECK(entries[4].contents);
    CHECK(entries[4].status == 200);
}

TEST_CASE("extended properties come when asked for by id and are found by value")
{
    Running sim;
    Mail mail;
    mail.to = {{"", sim.ann}};
    mail.in_reply_to = "<first@customer.example>";
    mail.references = "<first@customer.example>";
    mail.sensitivity = 2;
    const auto item = sim.deliver(mail).front();
    const auto response = sim.get(
        sim.message(item, "?$select=id&$expand=singleValueExtendedProperties($filter=id%20eq%20'"
                          "String%200x1042'%20or%20id%20eq%20'Integer%200x36'%20or%20id%20eq%20'"
                          "String%200x1A'%20or%20id%20eq%20'Integer%200xE08'%20or%20id%20eq%20'"
                          "String%20{66f5a359-4659-4830-9070-00047ec6ac6e}%20Name%20Color')"));
    const auto object = body_of(response);
    const auto& list = object.at("singleValueExtendedProperties").as_array();
    REQUIRE(list.size() == 4);
    CHECK(text(list[0], "id") == "String 0x1042");
    CHECK(text(list[0], "value") == "<first@customer.example>");
    CHECK(text(list[1], "value") == "2");
    CHECK(text(list[2], "value") == "IPM.Note");

    const std::string write =
        R"({"singleValueExtendedProperties":[{"id":"String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color","value":"Green"}]})";
    CHECK(sim.call("PATCH", sim.message(item), write).status == 200);
    const auto found =
        sim.get("/users/" + sim.ann +
                "/messages?$select=id&$filter=singleValueExtendedProperties/Any(ep:%20ep/"
                "id%20eq%20'String%20{66F5A359-4659-4830-9070-00047ec6ac6e}%20Name%20Color'%20and%"
                "20ep/value%20eq%20'green')");
    CHECK(body_of(found).at("value").as_array().size() == 1);
    CHECK(sim.get(sim.message(item, "?$expand=singleValueExtendedProperties")).status == 400);
}

TEST_CASE("a list is filtered by message id, by date and by category")
{
    Running sim;
    Mail mail;
    mail.to = {{"", sim.ann}};
    mail.message_id = "<it's@customer.example>";
    mail.categories = {"CRM Track"};
    sim.deliver(mail);
    sim.deliver_to_ann("other");
    const auto count = [&](std::string filter) {
        return body_of(sim.get("/users/" + sim.ann + "/messages?$select=id&$filter=" + filter))
            .at("value")
            .as_array()
            .size();
    };
    CHECK(count("internetMessageId%20eq%20'%3Cit''s%40customer.example%3E'") == 1);
    CHECK(count("receivedDateTime%20ge%202026-03-02T09:15:00Z") == 2);
    CHECK(count("receivedDateTime%20gt%202026-03-02T09:15:00Z") == 0);
    CHECK(count("categories/any(c:c%20eq%20'CRM%20Track')") == 1);
    CHECK(sim.get("/users/" + sim.ann +
                  "/messages?$filter=subject%20eq%20'x'&$orderby=receivedDateTime")
              .code() == "InefficientFilter");
    CHECK(sim.get("/users/" + sim.ann + "/messages?$filter=colour%20eq%20'x'").status == 400);
}

TEST_CASE("a list has ten messages on a page and its next link leads to the rest")
{
    Running sim;
    for (int i = 0; i < 23; ++i)
        sim.deliver_to_ann("m");
    CHECK(sim.round(sim.get("/users/" + sim.ann + "/messages?$select=id"), {}).size() == 23);
    CHECK(body_of(sim.get("/users/" + sim.ann + "/messages?$select=id"))
              .at("value")
              .as_array()
              .size() == 10);
}

TEST_CASE("a body is shown as HTML, or as text where text is preferred")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const auto as_text =
        sim.get(sim.message(item, "?$select=body"), "outlook.body-content-type=\"text\"");
    CHECK(body_of(as_text).at("body").at("content").as_string() == "Hello");
    CHECK(as_text.header("Preference-Applied").find("text") != std::string::npos);
    Mail plain;
    plain.to = {{"", sim.ann}};
    plain.html = false;
    plain.body = "a < b";
    const auto other = sim.deliver(plain).front();
    const auto as_html = body_of(sim.get(sim.message(other, "?$select=body"))).at("body");
    CHECK(as_html.at("contentType").as_string() == "html");
    CHECK(text(as_html, "content").find("a &lt; b") != std::string::npos);
}

TEST_CASE("odd properties of old items go out as they are")
{
    Running sim;
    Mail mail;
    mail.to = {{"", sim.ann}};
    mail.raw = {{"subject", R"("a\u0000\ud800b")"},
                {"from", "null"},
                {"receivedDateTime", R"("0001-01-01T00:00:00Z")"}};
    const auto item = sim.deliver(mail).front();
    const auto answer = sim.get(sim.message(item, "?$select=subject,from,receivedDateTime")).body;
    CHECK(answer.find(R"("subject":"a\u0000\ud800b")") != std::string::npos);
    CHECK(answer.find(R"("from":null)") != std::string::npos);
    CHECK(answer.find("0001-01-01") != std::string::npos);
}

TEST_CASE("an id that is none is malformed and one of another mailbox is not found")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    CHECK(sim.get("/users/" + sim.ann + "/messages/xyz").code() == "ErrorInvalidIdMalformed");
    CHECK(sim.get("/users/" + sim.bob + "/messages/" + item.id).code() == "ErrorItemNotFound");
    std::string other_case = item.id;
    other_case[20] = other_case[20] == 'a' ? 'A' : 'a';
    CHECK(sim.get("/users/" + sim.ann + "/messages/" + other_case).status == 404);
}

TEST_CASE("internet headers are there for received mail and not for the sender's copy")
{
    Running sim;
    Mail mail;
    mail.from = Address{"Bob", sim.bob};
    mail.to = {{"Ann", sim.ann}};
    mail.bcc = {{"", "hidden@contoso.example"}};
    const auto items = sim.deliver(mail);
    REQUIRE(items.size() == 2);
    const auto sent = body_of(sim.get("/users/" + sim.bob + "/messages/" + items[0].id +
                                      "?$select=internetMessageHeaders,bccRecipients"));
    CHECK(sent.at("internetMessageHeaders").is_null());
    CHECK(sent.at("bccRecipients").as_array().size() == 1);
    const auto received = body_of(sim.get("/users/" + sim.ann + "/messages/" + items[1].id +
                                          "?$select=internetMessageHeaders,bccRecipients"));
    CHECK(received.at("internetMessageHeaders").as_array().size() > 4);
    CHECK(received.at("bccRecipients").as_array().empty());
}
