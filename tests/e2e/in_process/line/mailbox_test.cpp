#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

struct Followed {
    Followed()
    {
        mailbox = stage.mailbox(kim);
        item = stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged());
        stage.start();
        stage.settle();
        REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
    }
    int activities()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }

    Stage stage;
    MailboxId mailbox;
    sim::ItemRef item;
};

} // namespace

TEST_CASE_METHOD(Followed, "a moved message stays tracked")
{
    stage.script().create_folder(kim, "inbox", "Projects");
    stage.settle();
    stage.script().move(kim, item.id, "inbox/Projects");
    stage.settle();
    CHECK(activities() == 1);
    CHECK(stage.rows("SELECT f.name FROM sync.link AS l JOIN sync.folder AS f USING (mailbox_id, "
                     "folder_id) WHERE NOT gone") == Stage::Rows{"Projects"});
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Followed, "a message that left its folder and came back stays tracked")
{
    stage.script().move(kim, item.id, "archive");
    stage.settle();
    stage.script().move(kim, item.id, "inbox");
    stage.settle();
    stage.script().move(kim, item.id, "archive");
    stage.script().move(kim, item.id, "inbox");
    stage.settle();
    CHECK(activities() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 0);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(activities() == 0);
}

TEST_CASE_METHOD(Followed, "deleting a message keeps its copy in the CRM")
{
    stage.script().remove(kim, item.id, true);
    stage.settle();
    CHECK(activities() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link WHERE gone") == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
}

TEST_CASE_METHOD(Followed, "a resync neither doubles nor untracks")
{
    stage.script().put(kim, "archive", Letter("Other").id("m2"));
    stage.settle();
    const std::string id = stage.one("SELECT id FROM crm.activity");
    const int writes = stage.requests({"message.patch"});
    stage.resync(mailbox);
    stage.settle();
    CHECK(stage.rows("SELECT id FROM crm.activity") == Stage::Rows{id});
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(stage.requests({"message.patch"}) == writes);
    CHECK(stage.categories(item) == Names{"CRM Tracked"});
}

TEST_CASE_METHOD(Followed, "lost cursors are read again from the beginning, and nothing doubles")
{
    for (int i = 0; i < 120; ++i)
        stage.script().put(
            kim, "inbox",
            Letter("More " + std::to_string(i)).id("more" + std::to_string(i)).tagged());
    // In the middle of the round: the second page's link is not known any more.
    sim::Fault fault;
    fault.path = "messages/delta";
    fault.after = 2;
    fault.status = 410;
    fault.code = "syncStateNotFound";
    stage.script().fail(std::move(fault));
    stage.settle();
    stage.script().expire_cursors(kim);
    stage.settle();
    CHECK(activities() == 121);
    CHECK(stage.number("SELECT count(DISTINCT message_id) FROM crm.activity") == 121);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 121);
}

TEST_CASE_METHOD(Followed, "a folder that is deleted with a tracked message takes no copy along")
{
    stage.script().create_folder(kim, "inbox", "Projects");
    stage.script().move(kim, item.id, "inbox/Projects");
    stage.settle();
    SECTION("told by the change of the tree")
    {
        stage.script().delete_folder(kim, "inbox/Projects");
    }
    SECTION("found missing when the tree is read whole")
    {
        stage.script().delete_folder(kim, "inbox/Projects");
        stage.script().expire_cursors(kim);
    }
    stage.settle();
    CHECK(activities() == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    CHECK(stage.one("SELECT gone::text FROM sync.link") == "true");
}

TEST_CASE_METHOD(Followed, "a message that left a folder before that was deleted is still there")
{
    stage.script().create_folder(kim, "inbox", "Projects");
    stage.script().move(kim, item.id, "inbox/Projects");
    stage.settle();
    stage.script().move(kim, item.id, "archive");
    stage.script().delete_folder(kim, "inbox/Projects");
    stage.settle();
    CHECK(stage.one("SELECT gone::text FROM sync.link") == "false");
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(activities() == 0);
}

TEST_CASE("a provider that repeats, leaves out and reorders changes nothing of the result")
{
    Stage stage;
    stage.graph().switches = sim::Switches::contrary();
    stage.mailbox(kim);
    std::vector<sim::ItemRef> items;
    for (int i = 0; i < 60; ++i)
        items.push_back(stage.script().put(
            kim, "inbox",
            Letter("Offer " + std::to_string(i)).id("m" + std::to_string(i)).tagged("Red")));
    stage.start();
    stage.settle();
    for (std::size_t i = 0; i < items.size(); i += 3)
        stage.script().tag(kim, items[i].id, "CRM Track");
    stage.settle();
    for (std::size_t i = 0; i < items.size(); i += 6)
        stage.script().untag(kim, items[i].id, "CRM Tracked");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL") == 10);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 10);
    for (std::size_t i = 0; i < items.size(); ++i)
        CHECK(stage.categories(items[i]) ==
              (i % 3 == 0 && i % 6 != 0 ? Names{"Red", "CRM Tracked"} : Names{"Red"}));
}
