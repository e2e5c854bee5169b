#include "running_simulator.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

TEST_CASE("categories are replaced as a whole and the change key moves on")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const std::string before =
        text(sim.get(sim.message(item, "?$select=changeKey")).json(), "changeKey");
    sim.clock.advance(std::chrono::seconds(60));
    const auto answer = sim.call("PATCH", sim.message(item), R"({"categories":["A","b"]})");
    CHECK(answer.status == 200);
    const auto object = answer.json();
    CHECK(text(object, "changeKey") != before);
    CHECK(text(object, "@odata.etag") == "W/\"" + text(object, "changeKey") + "\"");
    CHECK(text(object, "lastModifiedDateTime") == "2026-03-02T09:16:00Z");
    CHECK(sim.server.run([&](Script& s) { return s.item(sim.ann, item.id).categories; }) ==
          std::vector<std::string>{"A", "b"});
}

TEST_CASE("a minimal answer has no body, unless the service gives the whole message all the same")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const Headers minimal{{"Prefer", "return=minimal"}};
    const auto answer = sim.call("PATCH", sim.message(item), R"({"categories":["A"]})", minimal);
    CHECK(answer.status == 204);
    CHECK(answer.body.empty());
    sim.server.run([](Script& s) { s.graph().switches.whole_message_on_patch = true; });
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["B"]})", minimal).status == 200);
}

TEST_CASE("a stale If-Match is a conflict and nothing is written")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const std::string etag = text(sim.get(sim.message(item)).json(), "@odata.etag");
    sim.server.run([&](Script& s) { s.tag(sim.ann, item.id, "theirs"); });
    const auto stale =
        sim.call("PATCH", sim.message(item), R"({"categories":["ours"]})", {{"If-Match", etag}});
    CHECK(stale.status == 412);
    CHECK(stale.code() == "ErrorIrresolvableConflict");
    const auto now = sim.get(sim.message(item)).json();
    CHECK(now.at("categories").at(0).as_string() == "theirs");
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["ours"]})",
                   {{"If-Match", text(now, "@odata.etag")}})
              .status == 200);
    sim.server.run([](Script& s) { s.graph().switches.conflict_next = 1; });
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["x"]})").status == 412);
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["x"]})").status == 200);
}

TEST_CASE("unknown and read-only properties are refused and change nothing")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["A"],"colour":1})").code() ==
          "RequestBodyRead");
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["A"],"subject":"x"})").code() ==
          "ErrorInvalidPropertySet");
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":"A"})").status == 400);
    CHECK(sim.call("PATCH", sim.message(item), "{").status == 400);
    CHECK(sim.server.run([&](Script& s) { return s.item(sim.ann, item.id).categories; }).empty());
}

TEST_CASE("a move answers with the message, under a new id unless ids are immutable")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const auto kept = sim.call("POST", sim.message(item, "/move"), R"({"destinationId":"archive"})",
                               {{"Prefer", sim.immutable}});
    CHECK(kept.status == 201);
    CHECK(text(kept.json(), "id") == item.id);
    const std::string before = text(sim.get(sim.message(item)).json(), "id");
    const auto moved = sim.call("POST", "/users/" + sim.ann + "/messages/" + before + "/move",
                                R"({"destinationId":"inbox"})");
    CHECK(text(moved.json(), "id") != before);
    CHECK(sim.get("/users/" + sim.ann + "/messages/" + before).status == 404);
    CHECK(sim.call("POST", sim.message(item, "/move"), R"({"destinationId":"nowhere"})").status ==
          400);
}

TEST_CASE("a deletion is a move to Deleted Items first")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const auto where = [&] {
        return sim.server.run([&](Script& s) {
            return s.mailbox(sim.ann).folder(s.item(sim.ann, item.id).folder)->well_known;
        });
    };
    CHECK(sim.call("DELETE", sim.message(item)).status == 204);
    CHECK(where() == "deleteditems");
    CHECK(sim.call("DELETE", sim.message(item)).status == 204);
    CHECK(where() == "recoverableitemsdeletions");
    CHECK(sim.call("DELETE", sim.message(item)).status == 204);
    CHECK(sim.call("DELETE", sim.message(item)).status == 404);
}

TEST_CASE("a draft that is sent keeps its immutable id and reaches the mailboxes of this world")
{
    Running sim;
    const auto made = sim.call(
        "POST", "/users/" + sim.ann + "/messages",
        R"({"subject":"Offer","importance":"Low","body":{"contentType":"HTML","content":"Hi"},"categories":["CRM"],"toRecipients":[{"emailAddress":{"address":"bob@contoso.example"}}]})",
        {{"Prefer", sim.immutable}});
    REQUIRE(made.status == 201);
    const auto draft = made.json();
    CHECK(draft.at("isDraft").as_bool());
    CHECK(text(draft, "importance") == "low");
    CHECK(text(draft.at("toRecipients").at(0).at("emailAddress"), "name") == "Bob");
    const std::string path = "/users/" + sim.ann + "/messages/" + text(draft, "id");
    CHECK(sim.call("PATCH", path, R"({"subject":"Better offer"})").status == 200);
    CHECK(sim.call("POST", path + "/send").status == 202);
    const auto sent = sim.get(path, sim.immutable).json();
    CHECK_FALSE(sent.at("isDraft").as_bool());
    CHECK(sent.at("categories").as_array().size() == 1);
    CHECK(sim.call("POST", path + "/send").status == 400);
    const auto inbox = sim.get("/users/" + sim.bob + "/mailFolders/inbox/messages").json();
    REQUIRE(inbox.at("value").as_array().size() == 1);
    const auto& received = inbox.at("value").at(0);
    CHECK(text(received, "subject") == "Better offer");
    CHECK(text(received, "internetMessageId") == text(sent, "internetMessageId"));
    CHECK(text(received, "conversationId") != text(sent, "conversationId"));
    CHECK(received.at("categories").as_array().empty());
}

TEST_CASE("an answer belongs to the conversation and names what it answers")
{
    Running sim;
    Mail mail;
    mail.from = Address{"Bob", sim.bob};
    mail.to = {{"Ann", sim.ann}};
    mail.subject = "Question";
    const auto items = sim.deliver(mail);
    const auto answers = sim.server.run([&](Script& s) { return s.answer(sim.ann, items[1].id); });
    REQUIRE(answers.size() == 2);
    const auto back = sim.get("/users/" + sim.bob + "/messages/" + answers[1].id +
                              "?$select=subject,conversationId,conversationIndex&$expand="
                              "singleValueExtendedProperties($filter=id%20eq%20'String%200x1042')")
                          .json();
    const auto first = sim.get("/users/" + sim.bob + "/messages/" + items[0].id).json();
    CHECK(text(back, "subject") == "Re: Question");
    CHECK(text(back, "conversationId") == text(first, "conversationId"));
    CHECK(text(back.at("singleValueExtendedProperties").at(0), "value") ==
          text(first, "internetMessageId"));
    CHECK(text(back, "conversationIndex").size() > text(first, "conversationIndex").size());
}

TEST_CASE("mail sent at once leaves a copy, unless told not to")
{
    Running sim;
    const std::string message =
        R"("message":{"subject":"Lunch","body":{"contentType":"Text","content":"12?"},"toRecipients":[{"emailAddress":{"address":"bob@contoso.example"}}]})";
    CHECK(sim.call("POST", "/users/" + sim.ann + "/sendMail", "{" + message + "}").status == 202);
    CHECK(sim.call("POST", "/users/" + sim.ann + "/sendMail",
                   "{" + message + R"(,"saveToSentItems":"false"})")
              .status == 202);
    const auto count = [&](std::string path) {
        return sim.get("/users/" + path + "/messages").json().at("value").as_array().size();
    };
    CHECK(count(sim.ann + "/mailFolders/sentitems") == 1);
    CHECK(count(sim.ann + "/mailFolders/drafts") == 0);
    CHECK(count(sim.bob + "/mailFolders/inbox") == 2);
}

TEST_CASE("the master list knows names once, whatever their case, and items do not care")
{
    Running sim;
    const std::string path = "/users/" + sim.ann + "/outlook/masterCategories";
    const auto made = sim.call("POST", path, R"({"displayName":"CRM Track","color":"preset9"})");
    CHECK(made.status == 201);
    CHECK(sim.call("POST", path, R"({"displayName":"crm track"})").status == 409);
    CHECK(sim.call("POST", path, R"({"displayName":"x","color":"preset25"})").status == 400);
    const auto all = sim.get(path).json();
    CHECK(all.at("value").as_array().size() == 7);
    CHECK(text(all.at("value").at(0), "displayName") == "Rote Kategorie");
    const std::string one = path + "/" + text(made.json(), "id");
    CHECK(sim.call("PATCH", one, R"({"color":"Preset3"})").status == 200);
    CHECK(sim.call("PATCH", one, R"({"displayName":"Other"})").status == 400);
    CHECK(sim.call("DELETE", one).status == 204);
    CHECK(sim.call("DELETE", one).status == 404);
}

TEST_CASE("folders are made, renamed and deleted, but not those of the service")
{
    Running sim;
    const std::string folders = "/users/" + sim.ann + "/mailFolders";
    const auto made =
        sim.call("POST", folders + "/inbox/childFolders", R"({"displayName":"Projects"})");
    CHECK(made.status == 201);
    CHECK(
        sim.call("POST", folders + "/inbox/childFolders", R"({"displayName":"projects"})").code() ==
        "ErrorFolderExists");
    const std::string path = folders + "/" + text(made.json(), "id");
    CHECK(sim.call("PATCH", path, R"({"displayName":"Work"})").status == 200);
    CHECK(text(sim.get(path).json(), "displayName") == "Work");
    CHECK(text(sim.get(folders + "('INBOX')").json(), "displayName") == "Posteingang");
    CHECK(sim.call("DELETE", folders + "/inbox").status == 403);
    CHECK(sim.call("DELETE", path).status == 204);
    CHECK(sim.get(path).status == 404);
    CHECK(sim.get(folders + "/clutter").code() == "ErrorItemNotFound");
}
