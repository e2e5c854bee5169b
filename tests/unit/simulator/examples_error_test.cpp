#include "examples.hpp"

#include <functional>
#include <memory>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

/// How an error is brought about, by the title of its example.
using Provocations = std::map<std::string, std::function<Response(Replay&)>>;

Response with_absence(Replay& sim, Absence absence)
{
    sim.server.run([&](Script& s) { s.mailbox(sim.ann).set_absence(absence); });
    return sim.get("/users/" + sim.ann + "/mailFolders/inbox");
}

Response without_role(Replay& sim, const std::string& path, std::uint32_t role)
{
    sim.server.run([&](Script& s) { s.graph().tokens.application().roles &= ~role; });
    sim.sign_in();
    return sim.get(path);
}

/// The delta link of Ann's inbox after its first round.
std::string delta_link(Replay& sim)
{
    json::value last;
    sim.round(sim.get(sim.inbox()), {}, &last);
    const std::string link = text(last, "@odata.deltaLink");
    return link.substr(link.find("/v1.0") + 5);
}

Response twice(Replay& sim, const std::string& path, const std::string& body)
{
    sim.call("POST", path, body);
    return sim.call("POST", path, body);
}

Response fifth_at_once(Replay& sim)
{
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
    const Response fifth = sim.get("/users/" + sim.ann + "/mailFolders");
    sim.server.run([](Script& s) { s.release(); });
    for (auto& client : clients)
        client->finish();
    return fifth;
}

Response one_too_many(Replay& sim)
{
    sim.server.run([&](Script& s) {
        for (std::size_t i = 0; i < Throttle::in_window; ++i)
            s.graph().throttle.count(s.mailbox(sim.ann).id(), sim.clock.now());
    });
    return sim.get("/users/" + sim.ann + "/mailFolders");
}

const Provocations& provocations()
{
    static const Provocations all{
        {"Response, bad id",
         [](Replay& sim) { return sim.get("/users/" + sim.ann + "/messages/nonsense"); }},
        {"Response, $filter with $orderby in the wrong shape",
         [](Replay& sim) {
             return sim.get("/users/" + sim.ann +
                            "/messages?$filter=isRead%20eq%20true&$orderby=receivedDateTime");
         }},
        {"Response, expired",
         [](Replay& sim) {
             sim.clock.advance(std::chrono::hours(2));
             return sim.get(sim.message(sim.item));
         }},
        {"Response, no Authorization header",
         [](Replay& sim) { return sim.client.send("GET", "/v1.0" + sim.message(sim.item)); }},
        {"Response, missing Outlook permission or mailbox out of RBAC scope",
         [](Replay& sim) {
             return without_role(sim, sim.message(sim.item), mail_basic | mail_read | mail_write);
         }},
        {"Response, application access policy",
         [](Replay& sim) { return with_absence(sim, Absence::denied_by_policy); }},
        {"Response, missing directory permission (GET /users)",
         [](Replay& sim) { return without_role(sim, "/users", user_read | user_basic); }},
        {"Response, item deleted or moved away",
         [](Replay& sim) {
             sim.server.run([&](Script& s) { s.remove(sim.ann, sim.item.id, true); });
             return sim.get(sim.message(sim.item));
         }},
        {"Response, folder gone during delta",
         [](Replay& sim) {
             const std::string id = sim.server.run(
                 [&](Script& s) { return s.create_folder(sim.ann, "inbox", "Doomed").id; });
             const std::string path = "/users/" + sim.ann + "/mailFolders/" + id;
             json::value last;
             sim.round(sim.get(path + "/messages/delta"), {}, &last);
             sim.server.run([&](Script& s) { s.delete_folder(sim.ann, id); });
             return sim.follow(last, "@odata.deltaLink");
         }},
        {"Response, user has no mailbox here (no licence, soft-deleted, on-premises, guest)",
         [](Replay& sim) { return with_absence(sim, Absence::not_enabled); }},
        {"Response, same, older text",
         [](Replay& sim) { return with_absence(sim, Absence::not_supported); }},
        {"Response, same user at another time",
         [](Replay& sim) { return with_absence(sim, Absence::not_discovered); }},
        {"Response, address is not a mailbox user",
         [](Replay& sim) { return sim.get("/users/nobody@contoso.com/mailFolders"); }},
        {"Response, principal without an Inbox",
         [](Replay& sim) { return with_absence(sim, Absence::no_inbox); }},
        {"Response, GET /users/{id} for an unknown user",
         [](Replay& sim) { return sim.get("/users/8e1f2c3d-1111-4222-8333-444455556666"); }},
        {"Response, empty", [](Replay& sim) { return with_absence(sim, Absence::empty_answer); }},
        {"Response, folder name exists in that parent",
         [](Replay& sim) {
             return twice(sim, "/users/" + sim.ann + "/mailFolders", R"({"displayName":"New"})");
         }},
        {"Response, master category name exists",
         [](Replay& sim) {
             return twice(sim, "/users/" + sim.ann + "/outlook/masterCategories",
                          R"({"displayName":"New","color":"preset1"})");
         }},
        {"Response, Outlook",
         [](Replay& sim) {
             const std::string link = delta_link(sim);
             sim.server.run([&](Script& s) { s.expire_cursors(sim.ann); });
             return sim.get(link);
         }},
        {"Response, with Location",
         [](Replay& sim) {
             const std::string link = delta_link(sim);
             sim.server.run([&](Script& s) {
                 s.graph().switches.resync_with_location = true;
                 s.expire_cursors(sim.ann);
             });
             const Response answer = sim.get(link);
             CHECK(answer.header("Location").ends_with("/messages/delta?$deltatoken="));
             return answer;
         }},
        {"Response, broken token",
         [](Replay& sim) { return sim.get(sim.inbox("/messages/delta?$deltatoken=broken")); }},
        {"error-412-changekey: Response",
         [](Replay& sim) {
             return sim.call("PATCH", sim.message(sim.item), R"({"categories":[]})",
                             {{"If-Match", "W/\"stale\""}});
         }},
        {"error-413-too-large: Response",
         [](Replay& sim) {
             return sim.call("PATCH", sim.message(sim.item), std::string((4 << 20) + 1, ' '));
         }},
        {"Response, general (fractional Retry-After as in the documentation sample)",
         [](Replay& sim) {
             sim.server.run([](Script& s) { s.throttle_next(1, "2.128"); });
             const Response answer = sim.get(sim.message(sim.item));
             CHECK(answer.header("Retry-After") == "2.128");
             return answer;
         }},
        {"Response, more than four at once on one mailbox", fifth_at_once},
        {"Response, more than 10,000 in 10 minutes on one mailbox", one_too_many},
        {"Response, no Retry-After", [](Replay& sim) {
             sim.server.run([](Script& s) { s.throttle_next(1, std::nullopt); });
             const Response answer = sim.get(sim.message(sim.item));
             CHECK(answer.header("Retry-After").empty());
             return answer;
         }}};
    return all;
}

/// Errors that cannot be brought about here, each with its reason.
const std::map<std::string, std::string>& not_here()
{
    static const std::map<std::string, std::string> reasons{
        {"Response, calendarView without range", "no calendars"},
        {"Response, exception moved across its neighbour", "no calendars"},
        {"Response, message too large to send", "a mailbox here has no size limit"}};
    return reasons;
}

void check_same(const Exchange& exchange, const Response& ours)
{
    CHECK(ours.status == exchange.status);
    if (!exchange.answer)
        return;
    CHECK(ours.code() == text(exchange.answer->at("error"), "code"));
    CHECK(ours.json().at("error").as_object().contains("message"));
    compare(exchange.answer->at("error"), ours.json().at("error"), "error",
            {"status", "code", "message"});
}

} // namespace

TEST_CASE("each of the documentation's refusals is brought about by what it is about")
{
    if (skipped())
        return;
    for (const std::string name :
         {"error-400-bad-request", "error-401-token", "error-403-forbidden", "error-404-not-found",
          "error-409-conflict", "error-410-sync-reset", "error-412-changekey",
          "error-413-too-large", "error-429-throttling"}) {
        for (const Exchange& exchange : read_example(name)) {
            INFO(name << ": " << exchange.title);
            if (not_here().contains(exchange.title))
                continue;
            const std::string key =
                exchange.title == "Response" ? name + ": Response" : exchange.title;
            REQUIRE(provocations().contains(key));
            Replay sim;
            check_same(exchange, provocations().at(key)(sim));
        }
    }
}

TEST_CASE("the documentation's breakdowns can be made to come, with their status and code")
{
    if (skipped())
        return;
    Replay sim;
    for (const std::string name : {"error-500-502-503-504", "error-507-quota"}) {
        for (const Exchange& exchange : read_example(name)) {
            INFO(name << ": " << exchange.title);
            Fault fault;
            fault.status = exchange.status;
            if (exchange.answer)
                fault.code = text(exchange.answer->at("error"), "code");
            else
                fault.empty_body = true;
            sim.server.run([&](Script& s) { s.fail(fault); });
            check_same(exchange, sim.get(sim.message(sim.item)));
        }
    }
}
