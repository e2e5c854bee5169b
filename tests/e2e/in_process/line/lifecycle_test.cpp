#include "e2e/in_process/letters.hpp"
#include "simulator/token.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

constexpr const char* new_kim = "kim.winter@contoso.example";

/// Kim's mailbox with one tracked message, in step.
struct Followed {
    explicit Followed(std::chrono::seconds poll_interval = std::chrono::seconds(60))
    {
        stage.settings.sync.poll_interval = poll_interval;
        mailbox = stage.mailbox(kim);
        item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
        stage.start();
        stage.settle();
        REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
        activity = stage.one("SELECT id FROM crm.activity");
    }
    int alive()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
    std::string state() { return stage.one("SELECT state FROM sync.mailbox ORDER BY id LIMIT 1"); }
    std::string failure()
    {
        return stage.one("SELECT split_part(last_failure, ':', 1) FROM sync.mailbox ORDER BY id");
    }
    int events(const std::string& name)
    {
        return stage.number("SELECT count(*) FROM sync.event WHERE name = '" + name + "'");
    }
    /// What was added is not enabled yet.
    MailboxId remove_and_add()
    {
        store::Mailboxes mailboxes(stage.pool());
        const auto removed = stage.go(mailboxes.remove(mailbox));
        REQUIRE(removed);
        CHECK(removed->links == 1);
        stage.settle();
        store::NewMailbox again;
        again.provider = "contoso";
        again.address = *parse_address(kim);
        const auto added = stage.go(mailboxes.add_with_user(again));
        REQUIRE(added);
        return added->mailbox.id;
    }

    Stage stage;
    MailboxId mailbox;
    sim::ItemRef item;
    std::string activity;
};

/// The same, read seldom, for what takes days.
struct Seldom : Followed {
    Seldom() : Followed(std::chrono::hours(1)) {}
};

/// The user gets another address. How far it was read is forgotten as well: links that were kept
/// go on telling changes.
void rename(Stage& stage, const std::string& address)
{
    stage.world().rename_user(*stage.world().find(kim), address);
    stage.script().expire_cursors(address);
}

std::string mark_of(Stage& stage, const std::string& address)
{
    const auto& extended = stage.world().find(address)->well_known("inbox")->extended;
    return extended.empty() ? "" : extended.begin()->second;
}

void set_mark(Stage& stage, const std::string& address, const std::string& mark)
{
    stage.world().find(address)->well_known("inbox")->extended.begin()->second = mark;
}

} // namespace

// -- the mark of the installation --------------------------------------------------------------

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

// -- the account behind the address ------------------------------------------------------------

TEST_CASE_METHOD(Followed, "a mailbox whose address changes is followed under its new one")
{
    CHECK(stage.one("SELECT object_id FROM sync.mailbox") == stage.world().find(kim)->id());
    rename(stage, new_kim);
    const auto second =
        stage.script().put(new_kim, "inbox", Letter("Second").to(new_kim).id("m2").tagged());
    stage.settle();
    CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
    CHECK(state() == "enabled");
    CHECK(events("mailbox_renamed") == 1);
    CHECK(stage.one("SELECT detail ->> 'to' FROM sync.event WHERE name = 'mailbox_renamed'") ==
          new_kim);
    CHECK(alive() == 2);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 2);
    CHECK(stage.categories(second) == Names{"CRM Tracked"});
    stage.script().untag(new_kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.rows("SELECT id FROM crm.activity WHERE deleted_at IS NOT NULL") ==
          Stage::Rows{activity});
    CHECK(stage.number("SELECT count(DISTINCT owner_id) FROM crm.activity") == 1);
    CHECK(stage.number("SELECT count(*) FROM crm.record_address WHERE address = '" +
                       std::string(new_kim) + "'") == 1);
}

TEST_CASE_METHOD(Followed,
                 "a new address under which another mailbox is followed is told, not taken")
{
    const MailboxId other = stage.mailbox(new_kim);
    stage.settle();
    // The mailbox of that name is given up, and Kim gets its address.
    stage.world().rename_user(*stage.world().find(new_kim), "gone@contoso.example");
    rename(stage, new_kim);
    stage.execute("UPDATE sync.mailbox SET object_id = NULL WHERE id = " +
                  std::to_string(other.value));
    stage.settle();
    CHECK(stage.one("SELECT address FROM sync.mailbox WHERE id = " +
                    std::to_string(mailbox.value)) == kim);
    CHECK(state() == "stopped");
    CHECK(failure() == "graph.mailbox_missing");
    CHECK(events("mailbox_rename_refused") > 0);
    CHECK(events("mailbox_renamed") == 0);
}

TEST_CASE("without the permission for the directory a mailbox is followed by its address alone")
{
    Stage stage;
    stage.graph().tokens.application().roles &= ~(sim::user_read | sim::user_basic);
    stage.mailbox(kim);
    const auto item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
    stage.start();
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.one("SELECT object_id FROM sync.mailbox").empty());
    CHECK(stage.requests({"user.get"}) == 1);

    rename(stage, new_kim);
    stage.settle();
    CHECK(stage.one("SELECT state FROM sync.mailbox") == "stopped");
    CHECK(stage.one("SELECT address FROM sync.mailbox") == kim);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE NOT gone") == 1);
}

TEST_CASE_METHOD(Followed, "an address that was given to somebody else is not read")
{
    stage.stop();
    stage.world().rename_user(*stage.world().find(kim), new_kim);
    stage.script().create_mailbox({.upn = kim, .id = "11111111-2222-4333-8444-555555555555"});
    const auto private_mail = stage.script().put(kim, "inbox", Letter("Mine").id("m9").tagged());

    SECTION("where the account has a new address, that is followed")
    {
        stage.start();
        stage.settle();
        CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
        CHECK(state() == "enabled");
    }
    SECTION("where the account is gone, the mailbox is stopped")
    {
        stage.execute("UPDATE sync.mailbox SET object_id = '00000000-0000-0000-0000-000000000001'");
        stage.start();
        stage.settle();
        CHECK(state() == "stopped");
        CHECK(failure() == "mailbox.other_account");
    }
    CHECK(stage.categories(private_mail) == Names{"CRM Track"});
    CHECK(alive() == 1);
}

TEST_CASE_METHOD(Followed,
                 "an address that is given to somebody else while the service runs is left alone")
{
    stage.world().rename_user(*stage.world().find(kim), new_kim);
    stage.script().create_mailbox({.upn = kim, .id = "11111111-2222-4333-8444-555555555555"});
    const auto private_mail = stage.script().put(kim, "inbox", Letter("Mine").id("m9").tagged());
    const auto second =
        stage.script().put(new_kim, "inbox", Letter("Second").to(new_kim).id("m2").tagged());

    SECTION("where the account has a new address, that is followed")
    {
        stage.settle();
        CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
        CHECK(state() == "enabled");
        CHECK(stage.categories(second) == Names{"CRM Tracked"});
        CHECK(alive() == 2);
    }
    SECTION("where the account is gone, the mailbox is stopped")
    {
        stage.execute("UPDATE sync.mailbox SET object_id = '00000000-0000-0000-0000-000000000001'");
        stage.wake(mailbox); // reads its row again
        stage.settle();
        CHECK(state() == "stopped");
        CHECK(failure() == "mailbox.other_account");
        CHECK(alive() == 1);
    }
    SECTION("where the directory is not heard, until it is")
    {
        sim::Fault busy;
        busy.path = "/users/" + std::string(kim) + "?";
        busy.count = 3;
        stage.script().fail(busy);
        stage.settle();
        CHECK(stage.categories(private_mail) == Names{"CRM Track"});
        stage.run_for(std::chrono::minutes(15));
        CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
        CHECK(alive() == 2);
    }
    CHECK(stage.categories(private_mail) == Names{"CRM Track"});
    CHECK(mark_of(stage, kim).empty());
    for (const auto& category : stage.script().mailbox(kim).categories())
        CHECK_FALSE(category.display_name.starts_with("CRM"));
}

TEST_CASE_METHOD(Seldom, "no mark is left in a mailbox that has the address by now", "[slow]")
{
    // Links that were kept go on telling of the old one, and there is no news.
    stage.world().rename_user(*stage.world().find(kim), new_kim);
    stage.script().create_mailbox({.upn = kim, .id = "11111111-2222-4333-8444-555555555555"});
    stage.run_for(std::chrono::hours(26));
    CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
    CHECK(state() == "enabled");
    CHECK(mark_of(stage, kim).empty());
}

TEST_CASE("two addresses of one mailbox are told apart from two mailboxes")
{
    Stage stage;
    stage.mailbox(kim);
    stage.mailbox(lee);
    stage.execute("UPDATE sync.mailbox SET object_id = '" + stage.world().find(kim)->id() +
                  "' WHERE address = '" + std::string(lee) + "'");
    stage.set_state(MailboxId(stage.number("SELECT id FROM sync.mailbox WHERE address = '" +
                                           std::string(lee) + "'")),
                    MailboxState::disabled);
    stage.start();
    stage.settle();
    CHECK(stage.one("SELECT detail ->> 'address' FROM sync.event WHERE name = 'mailbox_twice'") ==
          lee);
    CHECK(stage.one("SELECT state FROM sync.mailbox WHERE address = '" + std::string(kim) + "'") ==
          "enabled");
}

// -- disabled, gone, removed -------------------------------------------------------------------

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

TEST_CASE_METHOD(Seldom, "a mailbox with nothing new is found under its new address within a day",
                 "[slow]")
{
    stage.world().rename_user(*stage.world().find(kim), new_kim);
    stage.run_for(std::chrono::hours(25));
    CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
    CHECK(state() == "enabled");
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
