#include "e2e/in_process/letters.hpp"
#include "e2e/in_process/slow_pages.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// The ways of a mailbox to be none, with what they are called where a test fails.
const std::vector<std::pair<std::string, sim::Absence>> absences{
    {"not enabled", sim::Absence::not_enabled},
    {"not supported", sim::Absence::not_supported},
    {"not discovered", sim::Absence::not_discovered},
    {"empty answer", sim::Absence::empty_answer},
    {"no inbox", sim::Absence::no_inbox},
    {"denied", sim::Absence::denied},
    {"denied by policy", sim::Absence::denied_by_policy}};

void set_absence(Stage& stage, sim::Absence absence)
{
    stage.script().mailbox(kim).set_absence(absence);
}

std::vector<sim::ItemRef> letters(Stage& stage, int count)
{
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < count; ++i)
        items.push_back(stage.script().put(
            kim, "inbox",
            Letter("Offer " + std::to_string(i)).id("m" + std::to_string(i)).tagged("Red")));
    return items;
}

} // namespace

TEST_CASE("a mailbox that is none for a while loses nothing, whatever it calls itself")
{
    for (const auto& [name, absence] : absences) {
        INFO(name);
        Stage stage;
        const MailboxId mailbox = stage.mailbox(kim);
        const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
        stage.start();
        stage.settle();
        REQUIRE(stage.categories(item) == Names{"CRM Tracked"});

        set_absence(stage, absence);
        stage.run_for(std::chrono::minutes(20));
        CHECK(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 0);
        CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
        CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 1);

        set_absence(stage, sim::Absence::none);
        const sim::ItemRef later = stage.script().put(kim, "inbox", Letter().id("m2").tagged());
        stage.set_state(mailbox, MailboxState::enabled); // as the operator does
        stage.wake(mailbox);
        stage.run_for(std::chrono::minutes(10));
        CHECK(stage.categories(later) == Names{"CRM Tracked"});
        CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 2);
    }
}

TEST_CASE("between a 429 and the time it names nothing is asked of that mailbox")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1"));
    stage.start();
    stage.settle();
    const std::size_t before = stage.graph().record.entries().size();
    stage.script().throttle_next(1, "40");
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(5));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});

    const auto& entries = stage.graph().record.entries();
    const auto refused = std::find_if(entries.begin() + static_cast<std::ptrdiff_t>(before),
                                      entries.end(), [](const auto& e) { return e.status == 429; });
    REQUIRE(refused != entries.end());
    for (auto entry = refused; entry != entries.end(); ++entry)
        if (entry->status != 429) {
            INFO(entry->operation << " " << entry->target);
            CHECK(entry->at - refused->at >= std::chrono::seconds(40));
        }
}

TEST_CASE("folders whose cursors asked for other properties are read again, and nothing doubles")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    stage.start();
    stage.settle();
    stage.stop();
    const int writes = stage.requests({"message.patch"});
    const std::size_t before = stage.graph().record.entries().size();
    stage.execute("UPDATE sync.folder SET query_version = 4711 WHERE query_version <> 0");
    stage.start();
    stage.settle();
    const auto& entries = stage.graph().record.entries();
    const std::string inbox = stage.script().folder(kim, "inbox").id;
    const auto after = entries.begin() + static_cast<std::ptrdiff_t>(before);
    CHECK(std::any_of(after, entries.end(), [&](const sim::RecordEntry& entry) {
        return entry.operation == "messages.delta" &&
               entry.target.find(inbox) != std::string::npos &&
               entry.target.find("token") == std::string::npos;
    }));
    CHECK(stage.requests({"message.patch"}) == writes);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 1);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("a move that one folder tells and the other not yet is no deletion")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    stage.start();
    stage.settle();
    const sim::Folder& archive = stage.script().folder(kim, "archive");
    stage.graph().hold_folder(archive.id, stage.script().mailbox(kim).change());
    stage.script().move(kim, item.id, "archive");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 0);
    stage.graph().show_folder(archive.id);
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 1);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 0);
}

TEST_CASE("while the provider cannot name its folders, those known by name are read and no others")
{
    Stage stage;
    stage.mailbox(kim);
    sim::Fault nameless;
    nameless.path = "/mailFolders/junkemail";
    nameless.status = 500;
    nameless.count = -1;
    stage.script().fail(nameless);
    const sim::ItemRef first = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    stage.start();
    stage.run_for(std::chrono::minutes(20));
    CHECK(stage.requests({"messages.delta"}) == 0); // any of them might be the one not to be read
    stage.graph().faults.clear();
    stage.run_for(std::chrono::minutes(6));
    CHECK(stage.categories(first) == Names{"CRM Tracked"});

    stage.stop();
    stage.start(); // has to learn the names again when the tree changes
    stage.settle();
    stage.script().fail(nameless);
    const std::string folder = stage.script().create_folder(kim, "inbox", "Projects").id;
    const sim::ItemRef known = stage.script().put(kim, "inbox", Letter().id("m2").tagged());
    const sim::ItemRef unnamed = stage.script().put(kim, folder, Letter().id("m3").tagged());
    stage.run_for(std::chrono::minutes(20));
    CHECK(stage.categories(known) == Names{"CRM Tracked"});
    CHECK(stage.categories(unnamed) == Names{"CRM Track"});
    const auto& entries = stage.graph().record.entries();
    CHECK(std::none_of(entries.begin(), entries.end(), [&](const sim::RecordEntry& entry) {
        return entry.operation == "messages.delta" &&
               entry.target.find(folder) != std::string::npos;
    }));
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'graph.unavailable'") == 2);

    stage.graph().faults.clear();
    stage.run_for(std::chrono::minutes(6));
    CHECK(stage.categories(unnamed) == Names{"CRM Tracked"});
}

TEST_CASE("a folder that the first pass had to leave out is read as on a first pass")
{
    Stage stage;
    stage.mailbox(kim);
    const Timestamp before = stage.now() - std::chrono::hours(1);
    const std::string folder = stage.script().create_folder(kim, "inbox", "Old").id;
    const sim::ItemRef tracked =
        stage.script().put(kim, folder, Letter().id("m1").at(before).tagged("CRM Tracked"));
    const sim::ItemRef wanted =
        stage.script().put(kim, folder, Letter().id("m2").at(before).from(lee).tagged());
    sim::Fault unreadable;
    unreadable.path = "/mailFolders/" + folder + "/messages";
    unreadable.status = 500;
    unreadable.count = -1;
    stage.script().fail(unreadable);
    stage.start();
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.mailbox WHERE last_pass_at IS NOT NULL") == 1);
    REQUIRE(stage.number("SELECT count(*) FROM sync.folder WHERE last_failure <> ''") == 1);
    const sim::ItemRef ruled =
        stage.script().put(kim, folder, Letter().id("m3").from(lee).tagged());
    stage.run_for(std::chrono::minutes(5));

    stage.graph().faults.clear();
    stage.run_for(std::chrono::hours(1));
    CHECK(stage.number("SELECT count(*) FROM sync.folder WHERE last_failure <> ''") == 0);
    CHECK(stage.rows("SELECT rule FROM sync.link") == Stage::Rows{"hand_tag"});
    CHECK(stage.categories(tracked) == Names{"CRM Tracked"});
    CHECK(stage.categories(wanted) == Names{"CRM Tracked"});
    CHECK(stage.categories(ruled) == Names{"CRM Refused"});
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'orphan_category'") == 1);

    stage.script().tag(kim, ruled.id, "CRM Tracked"); // and afterwards as any other
    stage.settle();
    CHECK(stage.rows("SELECT rule FROM sync.link ORDER BY 1") ==
          Stage::Rows{"hand_tag", "tracked_by_hand"});
}

TEST_CASE("each doubtful behaviour of the provider alone changes nothing of the result", "[alone]")
{
    for (const auto& [name, turn_on] : doubts()) {
        INFO(name);
        Stage stage;
        stage.graph().switches.ignore_page_size = true; // several pages, for what pages may do
        turn_on(stage.graph().switches);
        stage.mailbox(kim);
        const std::vector<sim::ItemRef> items = letters(stage, 120);
        slow_down(stage, 3);
        sim::Fault lost; // the answer to what adds our names to the list: they are sent again
        lost.kind = sim::Fault::Kind::cut;
        lost.path = "/$batch";
        lost.after = 1; // behind the one that asks which folder is which
        stage.script().fail(lost);
        stage.start();
        REQUIRE(stage.until(
            [&] { return stage.number("SELECT count(*) FROM sync.folder WHERE mid_round") > 0; }));
        stage.crash(); // between two pages of a round
        stage.start(2);
        stage.settle();
        const auto& list = stage.script().mailbox(kim).categories();
        CHECK(stage.requests({"categories.post"}) >
              std::count_if(list.begin(), list.end(), [](const auto& category) {
                  return category.display_name.starts_with("CRM");
              }));

        const sim::ItemRef draft =
            stage.script().draft(kim, Letter("Ours").id("o1").from(kim).to(ann));
        stage.script().tag(kim, draft.id, "CRM Track");
        for (std::size_t i = 0; i < items.size(); i += 12)
            stage.script().tag(kim, items[i].id, "CRM Track");
        stage.settle();
        const sim::ItemRef sent = stage.script().send(kim, draft.id).front();
        stage.settle();
        for (std::size_t i = 0; i < items.size(); i += 24)
            stage.script().untag(kim, items[i].id, "CRM Tracked");
        stage.script().expire_cursors(kim);
        stage.settle();
        CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 6);
        CHECK(stage.number("SELECT count(*) FROM sync.link") == 6);
        CHECK(stage.categories(sent) == Names{"CRM Tracked"});
        for (std::size_t i = 0; i < items.size(); ++i)
            CHECK(stage.categories(items[i]) ==
                  (i % 12 == 0 && i % 24 != 0 ? Names{"Red", "CRM Tracked"} : Names{"Red"}));
    }
}
