#include "running_simulator.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

std::string part(std::string_view id, std::string_view method, std::string_view url,
                 std::string_view rest = {})
{
    return fmt::format(R"({{"id":"{}","method":"{}","url":"{}"{}}})", id, method, url, rest);
}

std::string requests(const std::vector<std::string>& parts)
{
    return fmt::format(R"({{"requests":[{}]}})", fmt::join(parts, ","));
}

json::value answer_of(const json::value& batch, std::string_view id)
{
    for (const auto& one : batch.at("responses").as_array())
        if (one.at("id").as_string() == id)
            return one;
    FAIL("no answer for part " << id);
    return {};
}

} // namespace

TEST_CASE("each part of a batch has an answer and a fate of its own")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const std::string gone = sim.server.run([&](Script& s) {
        const auto doomed = s.put(sim.ann, "inbox", Mail{.subject = "gone"});
        s.remove(sim.ann, doomed.id, true);
        return doomed.id;
    });
    const auto response = sim.call(
        "POST", "/$batch",
        requests(
            {part("1", "GET", sim.message(item, "?$select=subject"),
                  R"(,"headers":{"Prefer":"IdType=\"ImmutableId\""})"),
             part(
                 "2", "PATCH", sim.message(item),
                 R"(,"headers":{"Content-Type":"application/json","Prefer":"return=minimal"},"body":{"categories":["CRM"]})"),
             part("3", "GET", "/users/" + sim.ann + "/messages/" + gone)}));
    CHECK(response.status == 200);
    const json::value batch = response.json();
    CHECK(answer_of(batch, "1").at("body").at("subject").as_string() == "one");
    CHECK(text(answer_of(batch, "1").at("body"), "id") == item.id);
    CHECK(answer_of(batch, "2").at("status").as_int64() == 204);
    CHECK_FALSE(answer_of(batch, "2").as_object().contains("body"));
    CHECK(answer_of(batch, "3").at("status").as_int64() == 404);
    CHECK(answer_of(batch, "3").at("body").at("error").at("code").as_string() ==
          "ErrorItemNotFound");
}

TEST_CASE("a batch of more than twenty parts or with a doubled id is refused as a whole")
{
    Running sim;
    std::vector<std::string> parts;
    for (int i = 0; i < 21; ++i)
        parts.push_back(part(std::to_string(i), "GET", "/users/" + sim.ann));
    CHECK(sim.call("POST", "/$batch", requests(parts)).status == 400);
    parts.resize(2);
    parts[1] = parts[0];
    CHECK(sim.call("POST", "/$batch", requests(parts)).code() == "BadRequest");
    CHECK(sim.call("POST", "/$batch", "{}").status == 400);
    CHECK(sim.call("POST", "/$batch", "no json").status == 400);
}

TEST_CASE("a part that depends on a failed one is not done")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const std::string write =
        R"(,"headers":{"Content-Type":"application/json"},"body":{"isRead":true})";
    const auto batch =
        sim.call("POST", "/$batch",
                 requests({part("1", "PATCH", "/users/" + sim.ann + "/messages/AAMkADxx", write),
                           part("2", "PATCH", sim.message(item), write + R"(,"dependsOn":["1"])")}))
            .json();
    CHECK(answer_of(batch, "2").at("status").as_int64() == 424);
    CHECK_FALSE(sim.server.run([&](Script& s) { return s.item(sim.ann, item.id).is_read; }));
}

TEST_CASE("bytes in a batch are base64 text")
{
    Running sim;
    Mail mail;
    mail.to = {{"", sim.ann}};
    Attachment file;
    file.name = "a.bin";
    file.content_type = "application/pdf";
    file.content = std::make_shared<const std::string>("abc");
    mail.attachments = {file};
    const auto item = sim.deliver(mail).front();
    const auto list =
        sim.get(sim.message(item, "/attachments?$select=id,name,size,contentType,isInline"),
                sim.immutable)
            .json();
    const std::string id = text(list.at("value").at(0), "id");
    CHECK_FALSE(list.at("value").at(0).as_object().contains("contentBytes"));
    const auto batch =
        sim.call("POST", "/$batch",
                 requests({part("1", "GET", sim.message(item, "/attachments/" + id + "/$value"))}))
            .json();
    CHECK(answer_of(batch, "1").at("body").as_string() == "YWJj");
    CHECK(sim.get(sim.message(item, "/attachments/" + id + "/$value")).body == "abc");
}

TEST_CASE("a part of a batch finds no place while another request runs on the mailbox")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    sim.server.run([](Script& s) {
        Fault hold;
        hold.kind = Fault::Kind::hold;
        hold.path = "/mailFolders/archive";
        s.fail(hold);
    });
    Client other(sim.server.port());
    other.begin("GET", "/v1.0/users/" + sim.ann + "/mailFolders/archive", {},
                {{"Authorization", "Bearer " + sim.token}});
    while (sim.server.run([](Script& s) { return s.held(); }) == 0) // until it has arrived
        std::this_thread::yield();
    std::vector<std::string> parts;
    for (int i = 0; i < 8; ++i)
        parts.push_back(part(std::to_string(i), "GET", sim.message(item, "?$select=id")));
    const auto batch = sim.call("POST", "/$batch", requests(parts)).json();
    int refused = 0;
    for (const auto& one : batch.at("responses").as_array())
        if (one.at("status").as_int64() == 429) {
            ++refused;
            CHECK(one.at("headers").at("Retry-After").as_string() == "1");
        }
    CHECK(refused == 2); // one of each four
    sim.server.run([](Script& s) { s.release(); });
    CHECK(other.finish().status == 200);
}

TEST_CASE("the fifth request at once on a mailbox is refused and another mailbox is not touched")
{
    Running sim;
    sim.server.run([](Script& s) {
        Fault hold;
        hold.kind = Fault::Kind::hold;
        hold.count = 4;
        s.fail(hold);
    });
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<Client>(sim.server.port()));
        clients.back()->begin("GET", "/v1.0/users/" + sim.ann + "/mailFolders", {},
                              {{"Authorization", "Bearer " + sim.token}});
    }
    while (sim.server.run([](Script& s) { return s.held(); }) < 4)
        std::this_thread::yield();
    const auto fifth = sim.get("/users/" + sim.ann + "/mailFolders");
    CHECK(fifth.status == 429);
    CHECK(fifth.code() == "ApplicationThrottled");
    CHECK(fifth.header("Retry-After") == "1");
    CHECK(sim.get("/users/" + sim.bob + "/mailFolders").status == 200);
    sim.server.run([](Script& s) { s.release(); });
    for (auto& client : clients)
        CHECK(client->finish().status == 200);
    CHECK(sim.get("/users/" + sim.ann + "/mailFolders").status == 200);
}

TEST_CASE("ten thousand requests in ten minutes are the limit and each part of a batch counts")
{
    Running sim;
    const std::string id = sim.server.run([&](Script& s) {
        for (std::size_t i = 0; i < Throttle::in_window - 20; ++i)
            s.graph().throttle.count(s.mailbox(sim.ann).id(), sim.clock.now());
        return s.mailbox(sim.ann).id();
    });
    std::vector<std::string> parts;
    for (int i = 0; i < 20; ++i)
        parts.push_back(part(std::to_string(i), "GET", "/users/" + id + "/mailFolders/inbox"));
    const auto batch = sim.call("POST", "/$batch", requests(parts)).json();
    for (const auto& one : batch.at("responses").as_array())
        CHECK(one.at("status").as_int64() == 200);
    sim.clock.advance(std::chrono::seconds(100));
    const auto over = sim.get("/users/" + id + "/mailFolders/inbox");
    CHECK(over.status == 429);
    CHECK(over.header("Retry-After") == "500");
    sim.clock.advance(std::chrono::seconds(500));
    CHECK(sim.get("/users/" + id + "/mailFolders/inbox").status == 200);
}
