#include "identity.hpp"
#include "running_simulator.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace crmsync;
using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

const std::string token_path = "/contoso.example/oauth2/v2.0/token";
const Headers form_type{{"Content-Type", "application/x-www-form-urlencoded"}};

std::int64_t number_of(const Response& response)
{
    return response.json().at("error_codes").at(0).as_int64();
}

} // namespace

TEST_CASE("the sign-in service names what is wrong by number")
{
    Running sim;
    const auto ask = [&](std::string path, std::string body) {
        return sim.client.send("POST", path, body, form_type);
    };
    CHECK(number_of(ask(token_path, Running::form("wrong"))) == 7000215);
    CHECK(number_of(ask("/nobody.example/oauth2/v2.0/token", Running::form("x"))) == 90002);
    CHECK(number_of(ask(token_path, "client_id=other&grant_type=client_credentials")) == 700016);
    CHECK(number_of(ask(token_path, "client_id=535fb089-9ff3-47b6-9bfb-4f1264799865&grant_type="
                                    "client_credentials&scope=a+b&client_secret=x")) == 70011);
    sim.server.run([](Script& s) { s.graph().tokens.application().expired_secret = "old"; });
    const auto expired = ask(token_path, Running::form("old"));
    CHECK(expired.status == 401);
    CHECK(number_of(expired) == 7000222);
    CHECK(text(expired.json(), "error") == "invalid_client");
    sim.server.run([](Script& s) {
        s.graph().tokens.application().fail_next = 1;
        s.graph().tokens.application().fail_number = 90033;
    });
    CHECK(ask(token_path, Running::form("simulator-secret")).status == 503);
    CHECK(ask(token_path, Running::form("simulator-secret")).status == 200);
}

TEST_CASE("a client assertion is verified against the registered certificate")
{
    Running sim;
    const Identity registered, stranger;
    sim.server.run(
        [&](Script& s) { s.graph().tokens.application().certificates = {registered.pem()}; });
    const std::string client = "535fb089-9ff3-47b6-9bfb-4f1264799865";
    const std::string audience =
        fmt::format("http://127.0.0.1:{}{}", sim.server.port(), token_path);
    const long now = sim.clock.now().time_since_epoch().count() / 1'000'000;
    const auto ask = [&](const std::string& assertion) {
        return sim.client.send(
            "POST", token_path,
            "client_id=" + client +
                "&scope=https://graph.microsoft.com/"
                ".default&grant_type=client_credentials&client_assertion_type=urn:ietf:params:"
                "oauth:client-assertion-type:jwt-bearer&client_assertion=" +
                assertion,
            form_type);
    };
    CHECK(ask(registered.assertion(audience, client, now, now + 600)).status == 200);
    CHECK(number_of(ask(stranger.assertion(audience, client, now, now + 600))) == 700027);
    CHECK(number_of(ask(registered.assertion(audience, "other", now, now + 600))) == 700021);
    CHECK(number_of(ask(registered.assertion("https://elsewhere/", client, now, now + 600))) ==
          700023);
    CHECK(number_of(ask(registered.assertion(audience, client, now - 7200, now - 3600))) == 700024);
    CHECK(number_of(ask("no.jwt.here")) == 50027);
}

TEST_CASE("a token is refused when it is missing, unknown, too old, or at the service's whim")
{
    Running sim;
    const std::string path = "/v1.0/users/" + sim.ann + "/mailFolders";
    CHECK(sim.client.send("GET", path).code() == "InvalidAuthenticationToken");
    CHECK(sim.client.send("GET", path, {}, {{"Authorization", "Bearer x"}}).status == 401);
    CHECK(sim.get("/users/" + sim.ann + "/mailFolders").status == 200);
    sim.server.run([](Script& s) { s.graph().switches.unauthorised_next = 1; });
    CHECK(sim.get("/users/" + sim.ann + "/mailFolders").status == 401);
    CHECK(sim.get("/users/" + sim.ann + "/mailFolders").status == 200);
    sim.clock.advance(std::chrono::seconds(3600));
    CHECK(sim.get("/users/" + sim.ann + "/mailFolders").status == 401);
    sim.sign_in();
    CHECK(sim.get("/users/" + sim.ann + "/mailFolders").status == 200);
}

TEST_CASE("a permission counts from the next token on and its lack is told for each call")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    sim.server.run([](Script& s) { s.graph().tokens.application().roles = mail_basic; });
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["A"]})").status == 200);
    sim.sign_in();
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":["B"]})").code() ==
          "ErrorAccessDenied");
    CHECK(sim.get(sim.message(item, "?$select=subject")).status == 200);
    CHECK(sim.get(sim.message(item, "?$select=body")).status == 403);
    CHECK_FALSE(sim.get(sim.message(item)).json().as_object().contains("body"));
    CHECK(sim.get("/users/" + sim.ann).code() == "Authorization_RequestDenied");
    CHECK(sim.get("/users/" + sim.ann + "/outlook/masterCategories").status == 403);
}

TEST_CASE("without the permission nothing is looked for: 403 comes before 404 and 400")
{
    Running sim;
    sim.server.run([](Script& s) { s.graph().tokens.application().roles = mail_basic; });
    sim.sign_in();
    const std::string gone = "/users/" + sim.ann + "/messages/none";
    CHECK(sim.get(gone + "?$select=subject").status == 400);
    CHECK(sim.get(gone + "?$select=body").status == 403);
    CHECK(sim.call("PATCH", gone, R"({"categories":["A"]})").status == 403);
    CHECK(sim.get(gone + "/$value").status == 403);
    CHECK(sim.get(gone + "/attachments").status == 403);
    CHECK(sim.call("PATCH", "/users/" + sim.ann + "/outlook/masterCategories/none", "{}").status ==
          403);
    CHECK(sim.call("DELETE", "/users/" + sim.ann + "/mailFolders/none").status == 403);
    CHECK(sim.call("POST", gone + "/send").status == 403);
}

TEST_CASE("a method that a path does not know is refused with those it knows")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    const auto allowed = [&](const std::string& method, const std::string& path) {
        const Response response = sim.call(method, path);
        CHECK(response.status == 405);
        return response.header("Allow");
    };
    CHECK(allowed("PUT", sim.message(item)) == "GET, PATCH, DELETE");
    CHECK(allowed("GET", sim.message(item, "/move")) == "POST");
    CHECK(allowed("POST", sim.inbox()) == "GET");
    CHECK(allowed("PATCH", "/users/" + sim.ann + "/mailFolders/inbox/childFolders") == "GET, POST");
    CHECK(sim.call("GET", sim.message(item, "/nothing")).status == 400);
}

TEST_CASE("a mailbox that is none answers in one of several ways")
{
    Running sim;
    const std::string path = "/users/" + sim.ann + "/mailFolders/inbox?$select=id";
    const auto answer = [&](Absence absence) {
        sim.server.run([&](Script& s) { s.mailbox(sim.ann).set_absence(absence); });
        return sim.get(path);
    };
    CHECK(answer(Absence::not_enabled).code() == "MailboxNotEnabledForRESTAPI");
    CHECK(answer(Absence::not_discovered).code() == "ResourceNotFound");
    CHECK(answer(Absence::empty_answer).body.empty());
    CHECK(answer(Absence::no_inbox).code() == "ErrorItemNotFound");
    CHECK(answer(Absence::denied).status == 403);
    CHECK(answer(Absence::denied_by_policy).code() == "ErrorAccessDenied");
    CHECK(answer(Absence::none).status == 200);
    CHECK(sim.get("/users/nobody@contoso.example/mailFolders").code() == "ErrorInvalidUser");
    CHECK(sim.get("/users/nobody@contoso.example").code() == "Request_ResourceNotFound");
    CHECK(sim.get("/me/messages").status == 400);
}

TEST_CASE("scripted faults: failing, cutting, dropping")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    sim.server.run([](Script& s) {
        s.throttle_next(1, "2.128");
        Fault unavailable;
        unavailable.path = "/mailFolders";
        unavailable.empty_body = true;
        s.fail(unavailable);
    });
    const auto throttled = sim.get(sim.message(item));
    CHECK(throttled.status == 429);
    CHECK(throttled.header("Retry-After") == "2.128");
    CHECK(sim.get(sim.message(item)).status == 200);
    const auto empty = sim.get("/users/" + sim.ann + "/mailFolders");
    CHECK(empty.status == 503);
    CHECK(empty.body.empty());

    sim.server.run([](Script& s) {
        Fault cut;
        cut.kind = Fault::Kind::cut;
        cut.bytes = 20;
        s.fail(cut);
        Fault drop;
        drop.kind = Fault::Kind::drop;
        s.fail(drop);
    });
    const auto half = sim.call("PATCH", sim.message(item), R"({"categories":["A"]})");
    CHECK(half.cut);
    CHECK(sim.server.run([&](Script& s) { return s.item(sim.ann, item.id).categories.size(); }) ==
          1);
    CHECK(sim.call("PATCH", sim.message(item), R"({"categories":[]})").cut);
    CHECK(sim.server.run([&](Script& s) { return s.item(sim.ann, item.id).categories.size(); }) ==
          1);
}

TEST_CASE("a fault lets so many matching requests pass before it meets one")
{
    Running sim;
    const auto item = sim.deliver_to_ann("one");
    sim.server.run([](Script& s) {
        Fault fault;
        fault.after = 2;
        s.fail(fault);
    });
    CHECK(sim.get(sim.message(item)).status == 200);
    CHECK(sim.get(sim.message(item)).status == 200);
    CHECK(sim.get(sim.message(item)).status == 503);
    CHECK(sim.get(sim.message(item)).status == 200);
}

TEST_CASE("the script face does what the class does and tells what it does not know")
{
    Running sim;
    const auto script = [&](std::string name, std::string body) {
        return sim.client.send("POST", "/sim/" + name, std::move(body));
    };
    CHECK(script("create_mailbox", R"({"upn":"cleo@contoso.example","language":"sv-SE"})").status ==
          200);
    const auto made = script(
        "deliver",
        R"({"from":"Cora <cora@customer.example>","to":["cleo@contoso.example"],"subject":"Hej","body":"text","attachments":[{"name":"a","content":"b"}],"headers":{"x-one":"1"}})");
    REQUIRE(made.status == 200);
    const std::string id = text(made.json().at("items").at(0), "id");
    CHECK(script("tag", R"({"mailbox":"cleo@contoso.example","id":")" + id +
                            R"(","category":"CRM Track"})")
              .status == 200);
    CHECK(script("move",
                 R"({"mailbox":"cleo@contoso.example","id":")" + id + R"(","folder":"archive"})")
              .status == 200);
    const auto dump = sim.client.send("GET", "/sim/dump?mailbox=cleo@contoso.example").json();
    CHECK(text(dump.at("items").at(0), "folder") == "archive");
    CHECK(dump.at("items").at(0).at("categories").at(0).as_string() == "CRM Track");
    CHECK(script("switches", R"({"contrary":true})").status == 200);
    CHECK(script("switches", R"({"sunny":true})").status == 400);
    CHECK(script("dance", "{}").status == 400);
    CHECK(script("deliver", R"({"subjekt":"x"})").status == 400);
    CHECK(script("record", "{}").json().is_array());
}
