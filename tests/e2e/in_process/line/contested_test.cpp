#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox past its first pass, with one message in it.
struct Settled {
    Stage stage;
    MailboxId mailbox = stage.mailbox(kim);
    sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));

    Settled()
    {
        stage.start();
        stage.settle();
    }
    void track()
    {
        stage.script().tag(kim, item.id, "CRM Track");
        stage.settle();
        REQUIRE(categories() == Names{"CRM Tracked"});
    }
    Names categories() { return stage.categories(item); }
    int stored()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
};

/// The same, with a message among own people that an inbox rule had tagged.
struct Refused : Settled {
    Refused()
    {
        item = stage.script().put(kim, "inbox", Letter("Lunch").id("m2").from(lee).tagged());
        stage.settle();
        REQUIRE(categories() == Names{"CRM Refused"});
    }
};

} // namespace

TEST_CASE_METHOD(Settled, "a tracked item says nothing else of ours, whatever a person adds")
{
    track();
    for (const char* name : {"CRM Refused", "CRM Failed", "CRM Review"}) {
        CAPTURE(name);
        stage.script().tag(kim, item.id, name);
        stage.settle();
        CHECK(categories() == Names{"CRM Tracked"});
    }
    CHECK(stored() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
}

TEST_CASE_METHOD(Settled, "a state that a person puts on an untracked item is no wish and goes")
{
    for (const char* name : {"CRM Refused", "CRM Failed", "CRM Review"}) {
        CAPTURE(name);
        stage.script().set_categories(kim, item.id, {"Red", name});
        stage.settle();
        CHECK(categories() == Names{"Red"});
    }
    CHECK(stored() == 0);
}

TEST_CASE_METHOD(Settled, "Tracked replaced by Refused is an untrack, and nothing is left of it")
{
    track();
    stage.script().set_categories(kim, item.id, {"CRM Refused"});
    stage.settle();
    stage.settle();
    CHECK(stored() == 0);
    CHECK(categories().empty());
}

TEST_CASE_METHOD(Refused, "a refused item keeps its answer and no other")
{
    stage.script().tag(kim, item.id, "CRM Failed");
    stage.settle();
    CHECK(categories() == Names{"CRM Refused"});
    stage.script().set_categories(kim, item.id, {"CRM Failed"});
    stage.settle();
    CHECK(categories().empty());
}

TEST_CASE_METHOD(Refused, "a refused wish that is dismissed stays dismissed")
{
    stage.script().untag(kim, item.id, "CRM Refused");
    stage.settle();
    stage.script().tag(kim, item.id, "Red");
    stage.settle();
    CHECK(categories() == Names{"Red"});
    CHECK(stage.rows("SELECT DISTINCT outcome FROM sync.decision") == Stage::Rows{"ignored"});
}

TEST_CASE_METHOD(Refused, "a refused wish that is repeated by hand is a person's")
{
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(categories() == Names{"CRM Tracked"});
    CHECK(stored() == 1);
}

TEST_CASE_METHOD(Settled, "a program that contradicts is corrected ten times a day and then let be")
{
    track();
    int before = 0;
    for (int round = 0; round < 12; ++round) {
        before = stage.requests({"message.patch"});
        stage.script().set_categories(kim, item.id, {"CRM Tracked", "CRM Refused"});
        stage.settle();
        CAPTURE(round);
        CHECK(categories() ==
              (round < 10 ? Names{"CRM Tracked"} : Names{"CRM Tracked", "CRM Refused"}));
    }
    CHECK(stage.requests({"message.patch"}) == before);
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'categories_contested'") == 1);
    CHECK(stored() == 1);

    stage.execute("UPDATE sync.correction SET began_at = began_at - interval '25 hours'");
    stage.script().tag(kim, item.id, "Red");
    stage.settle();
    CHECK(categories() == Names{"CRM Tracked", "Red"});
}

TEST_CASE_METHOD(Settled, "a program that tags what is tracked again and again comes to an end")
{
    track();
    for (int round = 0; round < 12; ++round) {
        stage.script().tag(kim, item.id, "CRM Track");
        stage.settle();
    }
    CHECK(stored() == 1);
    CHECK(categories() == Names{"CRM Tracked", "CRM Track"});
}

TEST_CASE_METHOD(Settled, "a state from before the first pass is an orphan and left alone")
{
    const MailboxId lees = stage.mailbox(lee);
    const sim::ItemRef old = stage.script().put(lee, "inbox", Letter("Old").tagged("CRM Refused"));
    stage.settle();
    stage.script().tag(lee, old.id, "Red");
    stage.settle();
    stage.resync(lees);
    stage.settle();
    CHECK(stage.categories(old) == Names{"CRM Refused", "Red"});
    CHECK(stage.number("SELECT count(*) FROM sync.event WHERE name = 'orphan_category'") == 1);
}
