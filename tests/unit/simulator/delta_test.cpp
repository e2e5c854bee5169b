#include "running_simulator.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

namespace {

const std::string ids = "IdType=\"ImmutableId\", odata.maxpagesize=2";

std::string select_delta(const Running& sim)
{
    return sim.inbox("/messages/delta?$select=subject,categories");
}

} // namespace

TEST_CASE("a first round brings every message once and ends with a delta link")
{
    Running sim;
    std::set<std::string> sent;
    for (int i = 0; i < 5; ++i)
        sent.insert(sim.deliver_to_ann("message " + std::to_string(i)).id);
    json::value last;
    const auto rows = sim.round(sim.get(select_delta(sim), ids), ids, &last);
    std::set<std::string> seen;
    for (const auto& row : rows)
        seen.insert(text(row, "id"));
    CHECK(rows.size() == 5);
    CHECK(seen == sent);
    CHECK(last.as_object().contains("@odata.deltaLink"));

    const auto nothing = sim.round(sim.follow(last, "@odata.deltaLink", ids), ids);
    CHECK(nothing.empty());
}

TEST_CASE("without a page size a page has ten rows and with one it has at most a thousand")
{
    Running sim;
    sim.server.run(
        [&](Script& s) { s.seed({.mailboxes = {sim.ann}, .count = 1200, .body_size = 10}); });
    CHECK(sim.get(select_delta(sim)).json().at("value").as_array().size() == 10);
    CHECK(
        sim.get(select_delta(sim), "odata.maxpagesize=5000").json().at("value").as_array().size() ==
        1000);
}

TEST_CASE("the query of the first request holds for the later rounds")
{
    Running sim;
    const auto item = sim.deliver_to_ann("kept");
    json::value last;
    sim.round(sim.get(select_delta(sim), ids), ids, &last);
    sim.server.run([&](Script& s) { s.tag(sim.ann, item.id, "CRM Track"); });
    const auto rows = sim.round(sim.follow(last, "@odata.deltaLink", ids), ids);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].as_object().contains("subject"));
    CHECK(rows[0].at("categories").as_array().size() == 1);
    CHECK_FALSE(rows[0].as_object().contains("body"));
}

TEST_CASE("a move is a removal here and an arrival there, under the same immutable id")
{
    Running sim;
    const auto item = sim.deliver_to_ann("moves");
    json::value inbox, archive;
    const std::string there =
        "/users/" + sim.ann + "/mailFolders/archive/messages/delta?$select=subject";
    sim.round(sim.get(select_delta(sim), ids), ids, &inbox);
    sim.round(sim.get(there, ids), ids, &archive);
    sim.server.run([&](Script& s) { s.move(sim.ann, item.id, "archive"); });
    const auto left = sim.round(sim.follow(inbox, "@odata.deltaLink", ids), ids);
    REQUIRE(left.size() == 1);
    CHECK(removed(left[0]));
    CHECK(text(left[0], "id") == item.id);
    const auto came = sim.round(sim.follow(archive, "@odata.deltaLink", ids), ids);
    REQUIRE(came.size() == 1);
    CHECK_FALSE(removed(came[0]));
    CHECK(text(came[0], "id") == item.id);
}

TEST_CASE("an item that comes back between two rounds is reported as removed and no more until it "
          "changes")
{
    Running sim;
    const auto item = sim.deliver_to_ann("there and back");
    json::value last;
    sim.round(sim.get(select_delta(sim), ids), ids, &last);
    sim.server.run([&](Script& s) {
        s.move(sim.ann, item.id, "archive");
        s.move(sim.ann, item.id, "inbox");
    });
    const auto rows = sim.round(sim.follow(last, "@odata.deltaLink", ids), ids, &last);
    REQUIRE(rows.size() == 1);
    CHECK(removed(rows[0]));
    CHECK(sim.get(sim.message(item, "?$select=parentFolderId"), sim.immutable).status == 200);
    CHECK(sim.round(sim.follow(last, "@odata.deltaLink", ids), ids, &last).empty());

    sim.server.run([&](Script& s) { s.tag(sim.ann, item.id, "x"); });
    const auto again = sim.round(sim.follow(last, "@odata.deltaLink", ids), ids);
    REQUIRE(again.size() == 1);
    CHECK_FALSE(removed(again[0]));
}

TEST_CASE("with default ids the item that came back has another id and is reported")
{
    Running sim;
    const auto item = sim.deliver_to_ann("there and back");
    json::value last;
    const auto first = sim.round(sim.get(select_delta(sim)), {}, &last);
    sim.server.run([&](Script& s) {
        s.move(sim.ann, item.id, "archive");
        s.move(sim.ann, item.id, "inbox");
    });
    const auto rows = sim.round(sim.follow(last, "@odata.deltaLink"), {});
    REQUIRE(rows.size() == 2);
    CHECK(removed(rows[0]));
    CHECK(text(rows[0], "id") == text(first[0], "id"));
    CHECK(text(rows[1], "id") != text(first[0], "id"));
    CHECK(sim.get("/users/" + sim.ann + "/messages/" + text(first[0], "id")).code() ==
          "ErrorItemNotFound");
}

TEST_CASE("a message deleted for good is reported as removed and cannot be read")
{
    Running sim;
    const auto item = sim.deliver_to_ann("gone");
    json::value last;
    sim.round(sim.get(select_delta(sim), ids), ids, &last);
    sim.server.run([&](Script& s) { s.remove(sim.ann, item.id, true); });
    const auto rows = sim.round(sim.follow(last, "@odata.deltaLink", ids), ids);
    REQUIRE(rows.size() == 1);
    CHECK(removed(rows[0]));
    CHECK(rows[0].at("@removed").at("reason").as_string() == "deleted");
    CHECK(sim.get(sim.message(item)).status == 404);
}

TEST_CASE("an expired cursor is gone and a damaged one is invalid")
{
    Running sim;
    sim.deliver_to_ann("one");
    json::value last;
    sim.round(sim.get(select_delta(sim), ids), ids, &last);
    sim.server.run([&](Script& s) { s.expire_cursors(sim.ann, "inbox"); });
    const Response gone = sim.follow(last, "@odata.deltaLink", ids);
    CHECK(gone.status == 410);
    CHECK(gone.code() == "SyncStateNotFound");
    const Response broken = sim.get(sim.inbox("/messages/delta?$deltatoken=abc"));
    CHECK(broken.status == 400);
    CHECK(broken.code() == "SyncStateInvalid");

    sim.server.run([&](Script& s) { s.graph().switches.resync_with_location = true; });
    const Response there = sim.follow(last, "@odata.deltaLink", ids);
    CHECK(there.status == 410);
    CHECK(there.header("Location").ends_with("$deltatoken="));
}

TEST_CASE("an early page of a round expires as later pages are read")
{
    Running sim;
    for (int i = 0; i < 12; ++i)
        sim.deliver_to_ann("m");
    const json::value first = sim.get(select_delta(sim), ids).json();
    json::value at = first;
    for (int i = 0; i < 4; ++i)
        at = sim.follow(at, "@odata.nextLink", ids).json();
    CHECK(sim.follow(first, "@odata.nextLink", ids).status == 410);
    CHECK(sim.follow(at, "@odata.nextLink", ids).status == 200);
}

TEST_CASE("the delta of a folder that was deleted says that the folder is not there")
{
    Running sim;
    const std::string folder =
        sim.server.run([&](Script& s) { return s.create_folder(sim.ann, "inbox", "Projects").id; });
    const std::string path = "/users/" + sim.ann + "/mailFolders/" + folder + "/messages/delta";
    const json::value page = sim.get(path).json();
    sim.server.run([&](Script& s) { s.delete_folder(sim.ann, "inbox/Projects"); });
    CHECK(sim.follow(page, "@odata.deltaLink").code() == "ErrorSyncFolderNotFound");
    CHECK(sim.get(path).code() == "ErrorItemNotFound");
}

TEST_CASE("a delta takes no filter but one of the received date, and no whole mailbox")
{
    Running sim;
    sim.deliver_to_ann("now");
    CHECK(sim.get(sim.inbox("/messages/delta?$filter=subject+eq+'x'")).code() ==
          "ErrorInvalidUrlQueryFilter");
    CHECK(sim.get("/users/" + sim.ann + "/messages/delta").status == 400);
    const auto later =
        sim.get(sim.inbox("/messages/delta?$filter=receivedDateTime+ge+2027-01-01T00:00:00Z"));
    CHECK(later.json().at("value").as_array().empty());
    const auto earlier =
        sim.get(sim.inbox("/messages/delta?$filter=receivedDateTime+ge+2026-01-01T00:00:00Z"));
    CHECK(earlier.json().at("value").as_array().size() == 1);
}

TEST_CASE("a limit with $top ends the round although messages are missing")
{
    Running sim;
    for (int i = 0; i < 30; ++i)
        sim.deliver_to_ann("m");
    json::value last;
    const auto rows = sim.round(sim.get(sim.inbox("/messages/delta?$top=15")), {}, &last);
    CHECK(rows.size() == 15);
    CHECK(sim.round(sim.follow(last, "@odata.deltaLink"), {}).empty());
}

TEST_CASE("switches make pages empty, rows double and later rows partial")
{
    Running sim;
    std::vector<ItemRef> items;
    for (int i = 0; i < 9; ++i)
        items.push_back(sim.deliver_to_ann("m"));
    sim.server.run([&](Script& s) {
        s.graph().switches.empty_page_every = 2;
        s.graph().switches.repeat_every = 2;
        s.graph().switches.partial_delta_items = true;
    });
    json::value last;
    Response page = sim.get(select_delta(sim), ids);
    std::set<std::string> seen;
    std::size_t rows = 0, empty = 0;
    while (true) {
        const json::value value = page.json();
        const auto& list = value.at("value").as_array();
        for (const auto& row : list)
            seen.insert(text(row, "id"));
        rows += list.size();
        last = value;
        if (!value.as_object().contains("@odata.nextLink"))
            break;
        empty += list.empty() ? 1 : 0;
        page = sim.follow(value, "@odata.nextLink", ids);
    }
    CHECK(seen.size() == 9);
    CHECK(rows > 9);
    CHECK(empty > 0);
    sim.server.run([&](Script& s) { s.tag(sim.ann, items[0].id, "x"); });
    const auto changed = sim.round(sim.follow(last, "@odata.deltaLink", ids), ids);
    REQUIRE(!changed.empty());
    CHECK(changed[0].as_object().contains("categories"));
    CHECK_FALSE(changed[0].as_object().contains("subject"));
}

TEST_CASE("changes that are held show up in a later round")
{
    Running sim;
    json::value last;
    sim.round(sim.get(select_delta(sim), ids), ids, &last);
    sim.server.run([](Script& s) { s.graph().hold_changes(true); });
    sim.deliver_to_ann("late");
    CHECK(sim.round(sim.follow(last, "@odata.deltaLink", ids), ids, &last).empty());
    sim.server.run([](Script& s) { s.graph().hold_changes(false); });
    CHECK(sim.round(sim.follow(last, "@odata.deltaLink", ids), ids).size() == 1);
}

TEST_CASE("the folder tree comes flat, in the mailbox's language, and tells what changed")
{
    Running sim;
    const std::string path =
        "/users/" + sim.ann + "/mailFolders/delta?$select=displayName,parentFolderId";
    json::value last;
    const auto rows = sim.round(sim.get(path, "odata.maxpagesize=3"), "odata.maxpagesize=3", &last);
    std::set<std::string> names;
    for (const auto& row : rows)
        names.insert(text(row, "displayName"));
    CHECK(names.contains("Posteingang"));
    CHECK_FALSE(names.contains("Inbox"));
    CHECK_FALSE(names.contains("Deletions"));

    const std::string id =
        sim.server.run([&](Script& s) { return s.create_folder(sim.ann, "inbox", "Projekte").id; });
    auto changed = sim.round(sim.follow(last, "@odata.deltaLink"), {}, &last);
    REQUIRE(changed.size() == 1);
    CHECK(text(changed[0], "id") == id);
    sim.server.run([&](Script& s) { s.delete_folder(sim.ann, "inbox/Projekte"); });
    changed = sim.round(sim.follow(last, "@odata.deltaLink"), {}, &last);
    REQUIRE(changed.size() == 1);
    CHECK(removed(changed[0]));
}

TEST_CASE(
    "a first round tells the newest first where it is asked to, and what came meanwhile after")
{
    Running sim;
    std::vector<std::string> expected;
    for (int i = 0; i < 5; ++i) {
        expected.insert(expected.begin(), sim.deliver_to_ann("message " + std::to_string(i)).id);
        sim.clock.advance(std::chrono::minutes(1));
    }
    const std::string newest_first = select_delta(sim) + "&$orderby=receivedDateTime%20desc";
    json::value last;
    const auto first = sim.get(newest_first, ids);
    const std::string late = sim.deliver_to_ann("late").id;
    const auto rows = sim.round(first, ids, &last);
    std::vector<std::string> seen;
    for (const auto& row : rows)
        seen.push_back(text(row, "id"));
    expected.push_back(late);
    CHECK(seen == expected);
    CHECK(sim.round(sim.follow(last, "@odata.deltaLink", ids), ids).empty());

    CHECK(sim.get(select_delta(sim) + "&$orderby=subject", ids).status == 400);
    sim.server.run([](Script& s) { s.graph().switches.refuse_delta_order = true; });
    CHECK(sim.get(newest_first, ids).status == 400);
}
