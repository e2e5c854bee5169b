#include "examples.hpp"
#include "identity.hpp"

using namespace crmsync::sim;
using namespace crmsync::sim::test;

TEST_CASE("the documentation's sign-in answers and errors have the shape and status of ours")
{
    if (skipped())
        return;
    Replay sim;
    const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
    const std::string path = "/contoso.example/oauth2/v2.0/token";
    const auto good = sim.client.send("POST", path, Running::form("simulator-secret"), form);
    compare(*read_example("token-client-secret").front().answer, good.json(), "token", {});
    compare(*read_example("token-certificate-assertion").front().answer, good.json(), "token", {});
    const Identity registered, stranger;
    sim.server.run([&](Script& s) {
        s.graph().tokens.application().expired_secret = "old";
        s.graph().tokens.application().certificates = {registered.pem()};
    });
    const std::string client = "535fb089-9ff3-47b6-9bfb-4f1264799865";
    const long now = sim.clock.now().time_since_epoch().count() / 1'000'000;
    const auto asserted = [&](const Identity& identity, long from) {
        const std::string audience = fmt::format("http://127.0.0.1:{}{}", sim.server.port(), path);
        return "client_id=" + client +
               "&scope=https://graph.microsoft.com/.default&grant_type=client_credentials&"
               "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&"
               "client_assertion=" +
               identity.assertion(audience, client, from, from + 600);
    };
    const std::map<std::int64_t, std::string> provoked{
        {7000215, Running::form("wrong")},
        {7000222, Running::form("old")},
        {700027, asserted(stranger, now)},
        {700024, asserted(registered, now - 7200)},
        {700016, "client_id=nobody"},
        {90002, Running::form("simulator-secret")},
        {70011, "client_id=" + client + "&grant_type=client_credentials"},
        {90033, Running::form("simulator-secret")}};
    for (const Exchange& exchange : read_example("token-errors")) {
        if (!exchange.answer || !exchange.answer->as_object().contains("error_codes"))
            continue; // the last one may be anything
        const std::int64_t number = exchange.answer->at("error_codes").at(0).as_int64();
        INFO(exchange.title);
        REQUIRE(provoked.contains(number));
        const std::string where = number == 90002 ? "/contoso.invalid/oauth2/v2.0/token" : path;
        if (number == 90033) // the service's own trouble
            sim.server.run([&](Script& s) {
                s.graph().tokens.application().fail_next = 1;
                s.graph().tokens.application().fail_number = 90033;
            });
        const auto ours = sim.client.send("POST", where, provoked.at(number), form);
        CHECK(ours.status == exchange.status);
        CHECK(ours.json().at("error_codes").at(0).as_int64() == number);
        CHECK(ours.json().at("error") == exchange.answer->at("error"));
        compare(*exchange.answer, ours.json(), "error", {});
    }
}
