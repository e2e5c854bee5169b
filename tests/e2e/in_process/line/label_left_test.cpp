#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

// Labels that stand on an item for longer than one answer, and those that come beside them.

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Kim's mailbox past its first pass, with a message; accounts Blue Yonder and Fabrikam.
struct Labelled {
    Stage stage;
    MailboxId mailbox = stage.mailbox(kim);
    sim::ItemRef item;

    Labelled()
    {
        stage.import("account", "external_id,name,domain\nB1,Blue Yonder,\nF1,Fabrikam,\n");
        stage.start();
        stage.settle();
        item = stage.script().put(kim, "inbox", Letter("Offer").from("bo@elsewhere.example"));
        stage.settle();
    }
    void set(Names categories)
    {
        stage.script().set_categories(kim, item.id, std::move(categories));
        stage.settle();
    }
    Names categories() { return stage.categories(item); }
    int living()
    {
        return stage.number("SELECT count(*) FROM store.activity WHERE deleted_at IS NULL");
    }
    std::string regarding()
    {
        return stage.one("SELECT r.name FROM crm.activity AS a JOIN crm.record AS r ON r.id = "
                         "a.regarding_id WHERE a.deleted_at IS NULL");
    }
};

} // namespace

TEST_CASE_METHOD(Labelled, "Review taken off beside a label nobody understood is an untrack")
{
    set({"CRM Track", "CRM: Fabricam"});
    REQUIRE(categories() == Names{"CRM: Fabricam", "CRM Review"});
    set({"CRM: Fabricam", "Red"});
    CHECK(living() == 0);
    CHECK(categories() == Names{"CRM: Fabricam", "Red"});
    CHECK(stage.number("SELECT count(*) FROM sync.pin WHERE kind = 'untrack_item'") == 1);
    stage.resync(mailbox);
    stage.settle();
    CHECK(living() == 0);
}

TEST_CASE_METHOD(Labelled, "Review taken off with the label changed is the answer to its question")
{
    set({"CRM Track", "CRM: Fabricam"});
    set({"CRM: Fabrikam"});
    CHECK(living() == 1);
    CHECK(regarding() == "Fabrikam");
    CHECK(categories() == Names{"CRM: Fabrikam", "CRM Tracked"});
}

TEST_CASE_METHOD(Labelled, "the one of two labels that is kept is the answer to their question")
{
    set({"CRM Track", "CRM: Fabrikam", "CRM: Blue Yonder"});
    REQUIRE(living() == 1);
    set({"CRM: Blue Yonder"});
    CHECK(living() == 1);
    CHECK(regarding() == "Blue Yonder");
    CHECK(categories() == Names{"CRM: Blue Yonder", "CRM Tracked"});
}

TEST_CASE_METHOD(Labelled, "the right label beside wrong ones takes their place")
{
    set({"CRM Track", "CRM: Fabricam", "CRM: Blue Yander"});
    REQUIRE(regarding().empty());
    stage.script().tag(kim, item.id, "CRM: Fabrikam");
    stage.settle();
    CHECK(regarding() == "Fabrikam");
    CHECK(categories() == Names{"CRM: Fabrikam", "CRM Tracked"});

    // What was taken off is new when it is set again.
    stage.script().tag(kim, item.id, "CRM: Fabricam");
    stage.settle();
    CHECK(regarding() == "Fabrikam");
    CHECK(categories() == Names{"CRM: Fabrikam", "CRM: Fabricam", "CRM Review"});
}

TEST_CASE_METHOD(Labelled, "a label is understood later, when its record is there by then")
{
    set({"CRM Track", "CRM: Tailspin"});
    REQUIRE(categories() == Names{"CRM: Tailspin", "CRM Review"});
    stage.import("account", "external_id,name,domain\nT1,Tailspin,\n");
    stage.script().mark_read(kim, item.id, true);
    stage.settle();
    CHECK(regarding() == "Tailspin");
    CHECK(categories() == Names{"CRM: Tailspin", "CRM Tracked"});
}

TEST_CASE_METHOD(Labelled,
                 "a label set on what was untracked tracks it again, one left there does not")
{
    set({"CRM Track", "CRM: Fabrikam"});
    const std::string activity = stage.one("SELECT id FROM crm.activity");
    set({"CRM: Fabrikam"});
    REQUIRE(living() == 0);
    stage.script().mark_read(kim, item.id, true);
    stage.settle();
    stage.resync(mailbox);
    stage.settle();
    CHECK(living() == 0);
    CHECK(categories() == Names{"CRM: Fabrikam"});

    SECTION("another one beside it")
    {
        stage.script().tag(kim, item.id, "CRM: Blue Yonder");
        stage.settle();
        CHECK(regarding() == "Blue Yonder");
        CHECK(categories() == Names{"CRM: Blue Yonder", "CRM Tracked"});
    }
    SECTION("the same, taken off and set again")
    {
        set({});
        CHECK(living() == 0);
        set({"CRM: Fabrikam"});
        CHECK(regarding() == "Fabrikam");
    }
    SECTION("one that nobody understands")
    {
        set({"CRM: Nowhere"});
        CHECK(categories() == Names{"CRM: Nowhere", "CRM Review"});
    }
    CHECK(living() == 1);
    CHECK(stage.one("SELECT id FROM crm.activity WHERE deleted_at IS NULL") == activity);
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
}

TEST_CASE_METHOD(Labelled, "a label set while the untrack is under way tracks it again")
{
    set({"CRM Track"});
    REQUIRE(living() == 1);
    stage.stop();
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.script().tag(kim, item.id, "CRM: Fabrikam");
    stage.start();
    stage.settle();
    CHECK(living() == 1);
    CHECK(regarding() == "Fabrikam");
}

TEST_CASE_METHOD(Labelled, "a copy made of what was untracked brings its label along, and no wish")
{
    set({"CRM Track", "CRM: Fabrikam"});
    set({"CRM: Fabrikam"});
    REQUIRE(living() == 0);
    const sim::ItemRef copy = stage.script().copy(kim, item.id, "archive");
    stage.settle();
    stage.script().mark_read(kim, copy.id, true);
    stage.settle();
    CHECK(living() == 0);
    stage.script().tag(kim, copy.id, "CRM: Blue Yonder");
    stage.settle();
    CHECK(regarding() == "Blue Yonder");
}
