#include "e2e/in_process/letters.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

sim::ItemRef tracked_by_hand(Stage& stage)
{
    stage.mailbox(kim);
    const sim::ItemRef item =
        stage.script().put(kim, "inbox", Letter("Offer").id("m1").tagged().tagged("Red"));
    stage.start();
    stage.settle();
    REQUIRE(stage.categories(item) == Names{"Red", "CRM Tracked"});
    return item;
}

/// Kim's mailbox follows contacts, and Ann is one.
void follow_contacts(Stage& stage)
{
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    stage.mailbox(kim, Mode::contacts);
    stage.start();
    stage.settle();
}

int alive(Stage& stage)
{
    return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
}

} // namespace

TEST_CASE("taking Tracked off untracks, after a fresh look")
{
    Stage stage;
    const sim::ItemRef item = tracked_by_hand(stage);
    const int looks = stage.requests({"message.get"});
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive(stage) == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
    CHECK(stage.categories(item) == Names{"Red"});
    // One of what the row left out does not count as the fresh look: that comes at the end.
    const int unsaid = in_doubt("no_extended_in_later_rounds");
    CHECK(stage.requests({"message.get"}) == looks + 1 + unsaid);
    CHECK(stage.rows("SELECT outcome FROM sync.decision") == Stage::Rows{"untracked"});
}

TEST_CASE("tagged again, the same activity comes back under its id")
{
    Stage stage;
    const sim::ItemRef item = tracked_by_hand(stage);
    const std::string id = stage.one("SELECT id FROM crm.activity");
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    REQUIRE(alive(stage) == 0);
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(alive(stage) == 1);
    CHECK(stage.one("SELECT id FROM crm.activity") == id);
    CHECK(stage.categories(item) == Names{"Red", "CRM Tracked"});
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
}

TEST_CASE("what was edited in the CRM before an untrack, or after it, is there when it comes back")
{
    Stage stage;
    stage.import("account", "external_id,name\nA1,Adventure Works\n");
    const sim::ItemRef item = tracked_by_hand(stage);
    const std::string id = stage.one("SELECT id FROM crm.activity");
    const auto edit = [&](const std::string& subject) {
        stage.execute("UPDATE store.activity SET subject = '" + subject +
                      "', body = 'As agreed', fields = '{\"stage\": \"" + subject +
                      "\"}', visibility = 'subject', regarding_by_person = true, regarding_id = "
                      "(SELECT id FROM store.record WHERE external_id = 'A1')");
    };
    const bool before = GENERATE(true, false);
    if (before)
        edit("Edited");
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    REQUIRE(alive(stage) == 0);
    if (!before)
        edit("Edited");
    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(alive(stage) == 1);
    CHECK(
        stage.one("SELECT concat_ws(' / ', a.id, subject, body, a.fields ->> 'stage', visibility, "
                  "r.name) FROM crm.activity AS a JOIN crm.record AS r ON r.id = regarding_id") ==
        id + " / Edited / As agreed / Edited / subject / Adventure Works");
    CHECK(stage.categories(item) == Names{"Red", "CRM Tracked"});
}

TEST_CASE("a tag that is off for a moment only is no untrack")
{
    Stage stage;
    const sim::ItemRef item = tracked_by_hand(stage);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.script().tag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive(stage) == 1);
    CHECK(stage.categories(item) == Names{"Red", "CRM Tracked"});
}

TEST_CASE("no rule brings back what a person untracked, not even a resync")
{
    Stage stage;
    stage.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    const MailboxId mailbox = stage.mailbox(kim, Mode::contacts);
    stage.start();
    stage.settle();
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    stage.settle();
    REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    REQUIRE(alive(stage) == 0);

    stage.script().tag(kim, item.id, "Green");
    stage.settle();
    stage.resync(mailbox);
    stage.settle();
    CHECK(alive(stage) == 0);
    CHECK(stage.categories(item) == Names{"Green"});
}

TEST_CASE("an untrack while no daemon runs is found afterwards")
{
    Stage stage;
    const sim::ItemRef item = tracked_by_hand(stage);
    stage.stop();
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.start();
    stage.settle();
    CHECK(alive(stage) == 0);
}

TEST_CASE("on_untrack keep lets go of the mailbox and keeps the copy")
{
    Stage stage;
    stage.settings.tracking.on_untrack = "keep";
    const sim::ItemRef item = tracked_by_hand(stage);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(alive(stage) == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);
}

TEST_CASE("a tombstone is purged after its grace")
{
    Stage stage;
    stage.settings.tracking.untrack_grace_days = 1;
    const sim::ItemRef item = tracked_by_hand(stage);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 1);
    stage.execute("UPDATE store.activity SET purge_after = sync.now()");
    stage.run_for(std::chrono::minutes(11));
    CHECK(stage.number("SELECT count(*) FROM store.activity") == 0);
}

TEST_CASE("a message without Message-ID stays untracked like any other")
{
    Stage stage;
    follow_contacts(stage);
    const sim::ItemRef item = stage.script().put(kim, "inbox", Letter("Offer"));
    stage.script().item(kim, item.id).message_id.clear();
    stage.settle();
    REQUIRE(stage.categories(item) == Names{"CRM Tracked"});
    REQUIRE(stage.number("SELECT count(*) FROM store.activity WHERE message_id IS NULL") == 1);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    REQUIRE(alive(stage) == 0);

    stage.script().tag(kim, item.id, "Green");
    stage.settle();
    CHECK(stage.categories(item) == Names{"Green"});
    CHECK(stage.number("SELECT count(*) FROM sync.link") == 0);

    stage.script().tag(kim, item.id, "CRM Track");
    stage.settle();
    CHECK(alive(stage) == 1);
    CHECK(stage.number("SELECT count(*) FROM sync.pin") == 0);
}

TEST_CASE("of two copies the one a person untracked stays out")
{
    Stage stage;
    follow_contacts(stage);
    const sim::ItemRef kept = stage.script().put(kim, "inbox", Letter("Offer").id("m1"));
    const sim::ItemRef let_go = stage.script().put(kim, "archive", Letter("Offer").id("m1"));
    stage.settle();
    REQUIRE(stage.categories(let_go) == Names{"CRM Tracked"});
    stage.script().untag(kim, let_go.id, "CRM Tracked");
    stage.settle();
    REQUIRE(stage.number("SELECT count(*) FROM sync.link") == 1);

    stage.script().tag(kim, let_go.id, "Green");
    stage.settle();
    CHECK(stage.categories(let_go) == Names{"Green"});
    CHECK(stage.categories(kept) == Names{"CRM Tracked"});
    CHECK(alive(stage) == 1);
}

TEST_CASE("that a person untracked it stays known whatever happens to the item")
{
    Stage stage;
    const sim::ItemRef item = tracked_by_hand(stage);
    stage.script().untag(kim, item.id, "CRM Tracked");
    stage.settle();
    stage.script().tag(kim, item.id, "Green");
    stage.settle();
    stage.script().move(kim, item.id, "archive");
    stage.settle();
    CHECK(stage.rows("SELECT outcome || ' ' || rule FROM sync.decision") ==
          Stage::Rows{"untracked pinned"});
}
