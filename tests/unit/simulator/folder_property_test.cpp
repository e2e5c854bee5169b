#include "running_simulator.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

const std::string expand =
    "?$select=id&$expand=singleValueExtendedProperties($filter=id%20eq%20'String%20"
    "%7B6b7f3d0e-5a53-4f5e-9c53-1f0c9a3f7d42%7D%20Name%20mark')";
const std::string written =
    R"({"singleValueExtendedProperties": [{"value": "here",
        "id": "String {6b7f3d0e-5a53-4f5e-9c53-1f0c9a3f7d42} Name mark"}]})";

} // namespace

TEST_CASE("a well-known folder takes extended properties and gives those that are asked for")
{
    Running sim;
    const std::string inbox = "/users/" + sim.ann + "/mailFolders/inbox";
    CHECK_FALSE(
        sim.get(inbox + expand).json().as_object().contains("singleValueExtendedProperties"));
    CHECK(sim.call("PATCH", inbox, written).status == 200);
    const auto told = sim.get(inbox + expand).json();
    CHECK(told.at("singleValueExtendedProperties").at(0).at("value").as_string() == "here");
    CHECK_FALSE(sim.get(inbox).json().as_object().contains("singleValueExtendedProperties"));
    CHECK(sim.call("PATCH", inbox, R"({"displayName": "Mine"})").status == 403);
}

TEST_CASE("a service without properties of folders refuses to read and to write them")
{
    Running sim;
    sim.server.run([](Script& s) { s.graph().switches.no_folder_properties = true; });
    const std::string inbox = "/users/" + sim.ann + "/mailFolders/inbox";
    CHECK(sim.get(inbox + expand).status == 400);
    CHECK(sim.call("PATCH", inbox, written).status == 400);
    CHECK(sim.get(inbox).status == 200);
}

TEST_CASE("a user who is renamed is found by the new name and by the id, not by the old name")
{
    Running sim;
    const std::string id = text(sim.get("/users/" + sim.ann).json(), "id");
    sim.server.run([&](Script& s) { s.world().rename_user(s.mailbox(id), "new@contoso.example"); });
    CHECK(sim.get("/users/" + sim.ann).status == 404);
    CHECK(text(sim.get("/users/new@contoso.example").json(), "id") == id);
    CHECK(text(sim.get("/users/" + id).json(), "userPrincipalName") == "new@contoso.example");
}
