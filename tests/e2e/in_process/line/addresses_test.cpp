#include "e2e/in_process/line/followed.hpp"
#include "simulator/token.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

} // namespace

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

TEST_CASE_METHOD(Seldom, "a mailbox with nothing new is found under its new address within a day",
                 "[slow]")
{
    stage.world().rename_user(*stage.world().find(kim), new_kim);
    stage.run_for(std::chrono::hours(25));
    CHECK(stage.one("SELECT address FROM sync.mailbox") == new_kim);
    CHECK(state() == "enabled");
}
