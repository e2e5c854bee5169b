#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

// Kim tracks a message and untracks it; lee has a copy, from which our category is taken off.

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

struct TakenOff {
    explicit TakenOff(Mode mode = Mode::manual)
    {
        stage.settings.tracking.untrack_grace_days = 1;
        stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
        stage.import("account", "external_id,name,domain\nF1,Fabrikam,\nB1,Blue Yonder,\n");
        kims_mailbox = stage.mailbox(kim, mode);
        lees_mailbox = stage.mailbox(lee, mode);
        stage.start();
        stage.settle();
        const Letter letter = Letter("Offer").id("m1").to(kim, lee);
        kims = stage.script().put(kim, "inbox", letter);
        lees = stage.script().put(lee, "inbox", letter);
        stage.settle();
        if (mode == Mode::manual) {
            stage.script().tag(kim, kims.id, "CRM Track");
            stage.settle();
        }
        REQUIRE(stage.categories(lees) == Names{"CRM Tracked"});
        REQUIRE(living() == 1);
    }
    void untrack()
    {
        stage.script().untag(kim, kims.id, "CRM Tracked");
        stage.settle();
    }
    int living()
    {
        return stage.number("SELECT count(*) FROM store.activity WHERE deleted_at IS NULL");
    }
    std::string owner()
    {
        return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                         "a.owner_id WHERE a.deleted_at IS NULL");
    }
    std::string tracked_in_lees()
    {
        return stage.one("SELECT tracked_by || ' ' || rule FROM sync.link WHERE mailbox_id = " +
                         std::to_string(lees_mailbox.value));
    }

    Stage stage;
    MailboxId kims_mailbox, lees_mailbox;
    sim::ItemRef kims, lees;
};

struct TakenOffByRule : TakenOff {
    TakenOffByRule() : TakenOff(Mode::contacts) {}
};

} // namespace

TEST_CASE_METHOD(TakenOff, "a label that was not understood brings nothing back that was untracked")
{
    stage.script().tag(lee, lees.id, "CRM: Fabricam");
    stage.settle();
    REQUIRE(stage.categories(lees) == Names{"CRM: Fabricam", "CRM Review"});
    untrack();
    CHECK(living() == 0);
    CHECK(stage.categories(lees) == Names{"CRM: Fabricam"});
    stage.script().mark_read(lee, lees.id, true);
    stage.settle();
    CHECK(living() == 0);

    // A label that comes later is a wish.
    stage.script().set_categories(lee, lees.id, {"CRM: Fabrikam"});
    stage.settle();
    CHECK(living() == 1);
    CHECK(owner() == lee);
    CHECK(stage.categories(lees) == Names{"CRM: Fabrikam", "CRM Tracked"});
}

TEST_CASE_METHOD(TakenOff, "a label that was left on a copy brings nothing back after the purge")
{
    stage.script().tag(lee, lees.id, "CRM: Fabricam"); // understood, it would be a tag
    stage.settle();
    untrack();
    REQUIRE(stage.categories(lees) == Names{"CRM: Fabricam"});
    stage.stop();
    stage.settings.sync.poll_interval = std::chrono::hours(1); // a day passes
    stage.start();
    stage.run_for(std::chrono::hours(26));
    REQUIRE(stage.number("SELECT count(*) FROM store.activity") == 0);
    for (const bool read : {true, false}) {
        stage.script().mark_read(lee, lees.id, read);
        stage.run_for(std::chrono::minutes(130));
        CHECK(stage.number("SELECT count(*) FROM store.activity") == 0);
        CHECK(stage.categories(lees) == Names{"CRM: Fabricam"});
    }
    stage.script().tag(lee, lees.id, "CRM: Fabrikam");
    stage.run_for(std::chrono::minutes(130));
    CHECK(living() == 1);
    CHECK(stage.categories(lees) == Names{"CRM: Fabrikam", "CRM Tracked"});
}

TEST_CASE_METHOD(TakenOff, "a copy that is out of the mailbox meanwhile loses our category later")
{
    stage.script().tag(lee, lees.id, "Red");
    stage.settle();
    sim::Fault out_of_sight;
    out_of_sight.method = "GET";
    out_of_sight.path = lees.id;
    out_of_sight.status = 404;
    out_of_sight.code = "ErrorItemNotFound";
    out_of_sight.count = -1;
    stage.script().fail(out_of_sight);
    stage.script().move(lee, lees.id, "recoverableitemsdeletions");
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 1);
    untrack();
    REQUIRE(living() == 0);
    stage.graph().faults.clear();
    stage.script().move(lee, lees.id, "inbox");
    stage.settle();
    CHECK(stage.categories(lees) == Names{"Red"});
    CHECK(stage.number("SELECT count(*) FROM sync.pin WHERE mailbox_id = " +
                       std::to_string(lees_mailbox.value)) == 0);
    stage.script().tag(kim, kims.id, "CRM Track");
    stage.settle();
    CHECK(stage.categories(lees) == Names{"Red", "CRM Tracked"});
}

TEST_CASE_METHOD(TakenOffByRule,
                 "a colleague's tag and the owner's untrack meet: it is the colleague's")
{
    REQUIRE(tracked_in_lees() == "rule exact_address");
    REQUIRE(owner() == kim);
    stage.set_state(lees_mailbox, MailboxState::disabled);
    stage.settle();
    stage.script().tag(lee, lees.id, "CRM Track");
    untrack();
    REQUIRE(living() == 0);
    stage.set_state(lees_mailbox, MailboxState::enabled);
    stage.settle();
    CHECK(living() == 1);
    CHECK(owner() == lee);
    CHECK(tracked_in_lees() == "user hand_tag");
    CHECK(stage.categories(lees) == Names{"CRM Tracked"});
    CHECK(stage.categories(kims).empty());
}
