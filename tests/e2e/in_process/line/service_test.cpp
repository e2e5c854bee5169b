#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Closes the database to everybody but the stage's own session, as if the server were gone.
void close_database(Stage& stage)
{
    const std::string name = stage.one("SELECT current_database()");
    stage.execute_outside(fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS false", name));
    stage.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                  "current_database() AND pid <> pg_backend_pid() AND application_name NOT LIKE "
                  "'%stage%'");
}

void open_database(Stage& stage)
{
    const std::string name = stage.one("SELECT current_database()");
    stage.execute_outside(fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true", name));
}

} // namespace

TEST_CASE("a disabled mailbox is not touched, and goes on when it is enabled again")
{
    Stage stage;
    const MailboxId mailbox = stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1"));
    stage.start();
    stage.settle();
    stage.set_state(mailbox, MailboxState::disabled);
    stage.settle();
    const int before = stage.requests();
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.requests() == before);
    stage.set_state(mailbox, MailboxState::enabled);
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE("a changed policy counts from the reload on")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    const sim::ItemRef before =
        stage.script().put(kim, "inbox", Letter("A").id("m1").from(lee).tagged());
    stage.settle();
    stage.settings.privacy.internal_only = "track";
    stage.application().reload(stage.settings);
    const sim::ItemRef after =
        stage.script().put(kim, "inbox", Letter("B").id("m2").from(lee).tagged());
    stage.settle();
    CHECK(stage.categories(before) == Names{"CRM Refused"});
    CHECK(stage.categories(after) == Names{"CRM Tracked"});
}

TEST_CASE("a daemon told to stop gives back its leases at once")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    stage.stop();
    CHECK(stage.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.daemon") == 0);
}

TEST_CASE("a database that is away at the start is waited for")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    close_database(stage);
    stage.start();
    stage.run_for(std::chrono::minutes(2));
    CHECK(stage.signals("waiting_for_database") > 1);
    CHECK(stage.signals("started") == 0);
    open_database(stage);
    CHECK(stage.until([&] { return stage.categories(item) == Names{"CRM Tracked"}; }));
}

TEST_CASE("a database that goes away for a while stops nothing for good")
{
    Stage stage;
    stage.mailbox(kim);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1"));
    stage.start();
    stage.settle();
    close_database(stage);
    stage.script().tag(kim, item.id, "CRM Track");
    stage.run_for(std::chrono::minutes(5));
    CHECK(stage.categories(item) == Names{"CRM Track"});
    open_database(stage);
    stage.run_for(std::chrono::minutes(10));
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 1);
}

TEST_CASE("a mailbox that does not exist is stopped with its reason, the others go on")
{
    Stage stage;
    const MailboxId gone = stage.mailbox(lee);
    stage.mailbox(kim);
    stage.script().mailbox(lee).set_absence(sim::Absence::not_enabled);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter().id("m1").tagged());
    stage.start();
    stage.settle();
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
    CHECK(stage.rows("SELECT state FROM sync.mailbox WHERE id = " + std::to_string(gone.value)) ==
          Stage::Rows{"stopped"});
    // It is there again, and somebody says so.
    stage.script().mailbox(lee).set_absence(sim::Absence::none);
    stage.wake(gone);
    stage.settle();
    CHECK(stage.rows("SELECT state FROM sync.mailbox WHERE id = " + std::to_string(gone.value)) ==
          Stage::Rows{"enabled"});
}

TEST_CASE("our categories are made in the mailbox's list, once")
{
    Stage stage;
    stage.mailbox(kim);
    stage.start();
    stage.settle();
    Names ours;
    for (const sim::Category& category : stage.script().mailbox(kim).categories())
        if (category.display_name.starts_with("CRM"))
            ours.push_back(category.display_name);
    CHECK(ours ==
          Names{"CRM Track", "CRM Tracked", "CRM Review", "CRM Refused", "CRM Failed", "CRM Stop"});
    const int made = stage.requests({"categories.post"});
    stage.stop();
    stage.start();
    stage.settle();
    CHECK(stage.requests({"categories.post"}) == made);
}
