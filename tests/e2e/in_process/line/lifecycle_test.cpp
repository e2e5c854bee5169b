#include "e2e/in_process/line/followed.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(Followed,
                 "the service leaves the mark of its installation, and polls cost nothing")
{
    CHECK(mark_of(stage, kim) == stage.one("SELECT id FROM sync.installation"));
    const int looks = stage.requests({"folder.get", "folder.rename", "user.get"});
    stage.settle();
    stage.settle();
    CHECK(stage.requests({"folder.get", "folder.rename", "user.get"}) == looks);
}

TEST_CASE_METHOD(Followed, "a mailbox that another installation marked is stopped and not read")
{
    set_mark(stage, kim, "another installation");
    stage.stop();
    stage.script().put(kim, "inbox", Letter("Second").id("m2").tagged());
    const int reads = stage.requests({"messages.delta"});
    stage.start();
    stage.settle();
    CHECK(state() == "stopped");
    CHECK(failure() == "mailbox.marked_elsewhere");
    CHECK(stage.requests({"messages.delta"}) == reads);
    CHECK(alive() == 1);
    CHECK(mark_of(stage, kim) == "another installation");

    SECTION("until it is taken over")
    {
        set_mark(stage, kim, stage.one("SELECT id FROM sync.installation"));
        stage.set_state(mailbox, MailboxState::enabled);
        stage.settle();
    }
    SECTION("until the other one lets it go, which is seen within a day")
    {
        set_mark(stage, kim, "");
        CHECK(stage.number(
                  "SELECT extract(epoch FROM due_at - sync.now())::integer FROM sync.lease") <=
              24 * 3600);
        stage.wake(mailbox);
        stage.settle();
    }
    CHECK(state() == "enabled");
    CHECK(alive() == 2);
    CHECK(mark_of(stage, kim) == stage.one("SELECT id FROM sync.installation"));
}

TEST_CASE("a provider without extended properties on folders is followed without a mark")
{
    Stage stage;
    stage.graph().switches.no_folder_properties = true;
    stage.mailbox(kim);
    const auto item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.start();
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.one("SELECT last_failure FROM sync.mailbox").empty());
}

TEST_CASE_METHOD(Followed, "what people did while a mailbox was disabled is handled afterwards")
{
    const auto seen = stage.script().put(kim, "inbox", Letter("Seen").id("m2"));
    const auto moved = stage.script().put(kim, "inbox", Letter("Moved").id("m3").tagged());
    const auto untouched = stage.script().put(kim, "inbox", Letter("Kept").id("m4").tagged());
    const auto private_one = stage.script().put(kim, "inbox", Letter("P").id("m6").sensitivity(2));
    stage.settle();
    REQUIRE(alive() == 3);
    const int writes = stage.requests({"message.patch"});
    stage.set_state(mailbox, MailboxState::disabled);
    stage.settle();

    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.script().tag(kim, seen.id, "CRM Track");
    stage.script().move(kim, moved.id, "archive");
    const auto fresh = stage.script().put(kim, "inbox", Letter("New").id("m5").tagged());
    stage.script().tag(kim, private_one.id, "CRM Track");
    stage.settle();
    CHECK(alive() == 3); // nothing is read of a disabled mailbox
    CHECK(stage.requests({"message.patch"}) == writes);

    SECTION("from where it was left") {}
    SECTION("though the provider has forgotten how far it was read")
    {
        stage.script().expire_cursors(kim);
    }
    stage.set_state(mailbox, MailboxState::enabled);
    stage.settle();
    CHECK(stage.rows("SELECT message_id FROM crm.activity WHERE deleted_at IS NULL ORDER BY 1") ==
          Stage::Rows{"m2@mail.example", "m3@mail.example", "m4@mail.example", "m5@mail.example"});
    // m5 had its tag when it was first seen: an inbox rule set it.
    CHECK(
        stage.rows("SELECT tracked_by FROM sync.link JOIN crm.activity AS a ON a.id = activity_id "
                   "WHERE a.message_id IN ('m2@mail.example', 'm5@mail.example') "
                   "ORDER BY a.message_id") == Stage::Rows{"user", "rule"});
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 4);
    for (const sim::ItemRef& one : {seen, moved, untouched, fresh})
        CHECK(stage.categories(one) == Names{"CRM Tracked"});
    CHECK(stage.categories(item).empty());
    CHECK(stage.categories(private_one) == Names{"CRM Refused"});
}

TEST_CASE_METHOD(Followed,
                 "a mailbox that was gone and is back goes on, and nobody untracked anything")
{
    for (const sim::Absence absence :
         {sim::Absence::not_enabled, sim::Absence::not_discovered, sim::Absence::empty_answer}) {
        stage.script().mailbox(kim).set_absence(absence);
        stage.settle();
        CHECK(state() == "stopped");
        CHECK(failure() == "graph.mailbox_missing");
        const int asked = stage.requests();
        stage.run_for(std::chrono::minutes(30));
        CHECK(stage.requests() == asked);
        const int due = stage.number("SELECT extract(epoch FROM due_at - sync.now())::integer FROM "
                                     "sync.lease");
        CHECK(due > 23 * 3600); // daily
        CHECK(due <= 24 * 3600);
        stage.script().mailbox(kim).set_absence(sim::Absence::none);
        stage.wake(mailbox);
        stage.settle();
        CHECK(state() == "enabled");
        CHECK(failure().empty());
    }
    CHECK(stage.rows("SELECT id FROM crm.activity") == Stage::Rows{activity});
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    CHECK(events("mailbox_renamed") == 0);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Followed, "a mailbox that is removed and added again is linked by identity")
{
    const MailboxId again = remove_and_add();
    REQUIRE(alive() == 1);
    SECTION("by its categories") {}
    SECTION("by what is stored, where they were taken off meanwhile; a tag makes it the user's")
    {
        stage.script().untag(kim, item.id, "CRM Tracked");
        stage.set_state(again, MailboxState::enabled);
        stage.settle();
        CHECK(stage.rows("SELECT tracked_by FROM sync.link") == Stage::Rows{"shared"});
        stage.script().tag(kim, item.id, "CRM Track");
        stage.settle();
        CHECK(stage.rows("SELECT tracked_by FROM sync.link") == Stage::Rows{"user"});
    }
    stage.set_state(again, MailboxState::enabled);
    stage.settle();
    CHECK(stage.rows("SELECT activity_id FROM sync.link") == Stage::Rows{activity});
    CHECK(stage.rows("SELECT id FROM crm.activity WHERE deleted_at IS NULL") ==
          Stage::Rows{activity});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Followed,
                 "an owner whose mailbox was added again untracks as an owner, whatever its "
                 "items said meanwhile")
{
    const bool colleague = GENERATE(false, true);
    stage.script().tag(kim, item.id, "CRM Track"); // by hand
    stage.settle();
    if (colleague) { // who tracks a copy by a rule
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        stage.mailbox(lee, Mode::contacts);
        stage.script().put(lee, "inbox", Letter("Offer").id("m1"));
        stage.settle();
    }
    const MailboxId again = remove_and_add();
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.set_state(again, MailboxState::enabled);
    stage.settle();
    REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
    if (colleague)
        CHECK(stage.rows("SELECT tracked_by FROM sync.link ORDER BY 1") ==
              Stage::Rows{"rule", "shared"});
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive() == 0);
}
