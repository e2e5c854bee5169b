#include "running_simulator.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

/// Asks for one message's body in ways that are refused, and reads the record.
struct Asking : Running {
    ItemRef item = deliver_to_ann("one");

    Asking() { forget(); }

    void forget()
    {
        server.run([](Script& s) { s.graph().record.clear(); });
    }
    std::vector<RecordEntry> entries()
    {
        return server.run([](Script& s) { return s.graph().record.entries(); });
    }
    std::string body() const { return message(item, "?$select=body"); }
    std::string change_key()
    {
        return text(get(message(item, "?$select=changeKey")).json(), "changeKey");
    }
    Response batch(const std::string& url)
    {
        return call("POST", "/$batch",
                    fmt::format(R"({{"requests":[{{"id":"1","method":"GET","url":"{}"}}]}})", url));
    }
    void check_asked(int status)
    {
        const auto all = entries();
        REQUIRE(!all.empty());
        const RecordEntry& entry = all.front();
        CHECK(entry.operation == "message.get");
        CHECK(entry.item == item.id);
        CHECK(entry.body);
        CHECK(entry.status == status);
    }
};

} // namespace

TEST_CASE("what was asked for is recorded when the answer is an error")
{
    Asking sim;
    SECTION("a token that nobody issued")
    {
        sim.token = "x";
        sim.get(sim.body());
        sim.check_asked(401);
    }
    SECTION("too many requests")
    {
        sim.server.run([](Script& s) { s.throttle_next(1, "1"); });
        sim.get(sim.body());
        sim.check_asked(429);
    }
    SECTION("a service out of order")
    {
        sim.server.run([](Script& s) { s.fail(Fault{}); });
        sim.get(sim.body());
        sim.check_asked(503);
    }
    SECTION("a permission that is missing")
    {
        sim.server.run([](Script& s) { s.graph().tokens.application().roles = mail_basic; });
        sim.sign_in();
        sim.forget();
        sim.get(sim.body());
        sim.check_asked(403);
    }
    SECTION("a message that is gone")
    {
        sim.server.run([&](Script& s) { s.remove(sim.ann, sim.item.id, true); });
        sim.get(sim.body());
        sim.check_asked(404);
        CHECK(sim.entries().front().version.empty());
    }
    SECTION("a query that cannot be read could have asked for anything")
    {
        sim.get(sim.message(sim.item, "?$select=nonsense"));
        sim.check_asked(400);
    }
    SECTION("a connection that is dropped")
    {
        sim.server.run([](Script& s) {
            Fault drop;
            drop.kind = Fault::Kind::drop;
            s.fail(drop);
        });
        CHECK(sim.get(sim.body()).cut);
        sim.check_asked(0);
    }
}

TEST_CASE("the parts of a batch are recorded when the batch is refused as a whole")
{
    Asking sim;
    const std::string url = sim.body();
    SECTION("a token that nobody issued")
    {
        sim.token = "x";
        sim.batch(url);
        sim.check_asked(401);
    }
    SECTION("a service out of order")
    {
        sim.server.run([](Script& s) { s.fail(Fault{}); });
        sim.batch(url);
        sim.check_asked(503);
    }
    SECTION("a connection that is dropped")
    {
        sim.server.run([](Script& s) {
            Fault drop;
            drop.kind = Fault::Kind::drop;
            s.fail(drop);
        });
        sim.batch(url);
        sim.check_asked(0);
    }
    CHECK(sim.entries().front().batch != 0);
}

TEST_CASE("the record names the version that a message had when it was asked for")
{
    Asking sim;
    const std::string before = sim.change_key();
    sim.server.run([&](Script& s) { s.tag(sim.ann, sim.item.id, "Red"); });
    const std::string after = sim.change_key();
    const auto entries = sim.entries();
    REQUIRE(entries.size() == 2);
    CHECK(before != after);
    CHECK(entries[0].version == before);
    CHECK(entries[1].version == after);
}

TEST_CASE("a later page of a delta asks for what its first one asked for")
{
    Asking sim;
    for (int i = 0; i < 11; ++i)
        sim.deliver_to_ann("m");
    sim.forget();
    const auto first = sim.get(sim.inbox("/messages/delta?$select=subject,body"));
    sim.follow(first.json(), "@odata.nextLink");
    const auto entries = sim.entries();
    REQUIRE(entries.size() == 2);
    CHECK(entries[1].body);
    CHECK(entries[1].select == "subject,body");
}
