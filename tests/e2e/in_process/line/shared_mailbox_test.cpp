#include "e2e/in_process/letters.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr const char* info = "info@contoso.example";

/// The shared mailbox info@ of the team Sales, and Kim's own.
struct Shared {
    Shared()
    {
        stage.import("team", "external_id,name\nT1,Sales\n");
        stage.bystander(info);
        store::Mailboxes mailboxes(stage.pool());
        store::Records records(stage.pool());
        const auto teams = stage.go(records.find_teams("sales"));
        REQUIRE(teams.size() == 1);
        store::NewMailbox added;
        added.provider = "contoso";
        added.address = *parse_address(info);
        added.kind = "shared";
        added.owner = teams.front().id;
        shared = stage.go(mailboxes.add(added)).value().id;
        stage.set_state(shared, MailboxState::enabled);
        stage.mailbox(kim);
    }
    sim::ItemRef tracked_in_shared()
    {
        const auto item =
            stage.script().put(info, "inbox", Letter("Offer").to(info).id("m1").tagged());
        stage.start();
        stage.settle();
        REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
        return item;
    }
    std::string owner()
    {
        return stage.one("SELECT r.type || ' ' || r.name FROM crm.activity AS a "
                         "JOIN crm.record AS r ON r.id = a.owner_id");
    }
    int alive()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }

    Stage stage;
    MailboxId shared;
};

} // namespace

TEST_CASE_METHOD(Shared, "what is tagged in a shared mailbox belongs to its team")
{
    tracked_in_shared();
    CHECK(owner() == "team Sales");
    CHECK(stage.number("SELECT count(*) FROM crm.record WHERE type = 'user'") == 1); // Kim alone
}

TEST_CASE_METHOD(Shared, "untracking in a shared mailbox only unlinks, and the team keeps the copy")
{
    const auto item = tracked_in_shared();
    stage.script().untag(info, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive() == 1);
    CHECK(owner() == "team Sales");
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
    CHECK(stage.categories(item).empty());
}

TEST_CASE_METHOD(Shared,
                 "on_untrack_shared says that untracking in a shared mailbox hides the copy")
{
    stage.settings.tracking.on_untrack_shared = "delete";
    const auto item = tracked_in_shared();
    stage.script().untag(info, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive() == 0);
}

TEST_CASE_METHOD(Shared, "on_untrack of a user's mailbox says nothing about shared ones")
{
    stage.settings.tracking.on_untrack = "keep";
    stage.settings.tracking.on_untrack_shared = "delete";
    const auto item = tracked_in_shared();
    stage.script().untag(info, item.id, "CRM Tracked");
    const auto mine = stage.script().put(kim, "inbox", Letter("Other").id("m2").tagged());
    stage.settle();
    CHECK(alive() == 1);
    stage.script().untag(kim, mine.id, "CRM Tracked");
    stage.settle();
    CHECK(alive() == 1);
}

TEST_CASE_METHOD(Shared, "between a user and a team who tagged first owns the activity")
{
    const Letter letter = Letter("Offer").to(info, kim).id("m1");
    const auto in_shared = stage.script().put(info, "inbox", letter);
    const auto mine = stage.script().put(kim, "inbox", letter);
    stage.start();
    stage.settle();
    const bool team_first = GENERATE(true, false);
    const auto tag = [&](bool of_team) {
        if (of_team)
            stage.script().tag(info, in_shared.id, "CRM Track");
        else
            stage.script().tag(kim, mine.id, "CRM Track");
        stage.run_for(std::chrono::seconds(5));
    };
    tag(team_first);
    tag(!team_first);
    stage.settle();
    CHECK(alive() == 1);
    // Where a tag leaves lastModifiedDateTime alone both tagged in the same moment.
    const bool team_owns = team_first || in_doubt("keep_modified_time");
    CHECK(owner() == (team_owns ? "team Sales" : "user kim@contoso.example"));
}

TEST_CASE_METHOD(Shared, "the team inherits what a user tagged before it and untracks")
{
    const Letter letter = Letter("Offer").to(info, kim).id("m1");
    const auto mine = stage.script().put(kim, "inbox", letter);
    stage.start();
    stage.settle();
    stage.script().tag(kim, mine.id, "CRM Track");
    stage.settle();
    const auto in_shared = stage.script().put(info, "inbox", letter);
    stage.settle();
    stage.script().tag(info, in_shared.id, "CRM Track");
    stage.settle();
    REQUIRE(owner() == "user kim@contoso.example");
    stage.script().untag(kim, mine.id, "CRM Tracked");
    stage.settle();
    CHECK(alive() == 1);
    CHECK(owner() == "team Sales");
}

TEST_CASE_METHOD(Shared, "mail a rule tracks belongs to the first followed mailbox it names")
{
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    store::Mailboxes mailboxes(stage.pool());
    stage.go(mailboxes.choose(shared, "mode", "contacts"));
    stage.start();
    stage.settle();
    const auto received = stage.script().put(info, "inbox", Letter("In").to(info, kim).id("m1"));
    stage.settle();
    CHECK(owner() == "team Sales");
    stage.script().put(info, "sentitems", Letter("Out").from(info).to(ann).id("m2"));
    stage.settle();
    CHECK(alive() == 2);
    CHECK(stage.number("SELECT count(DISTINCT owner_id) FROM crm.activity") == 1);
}
