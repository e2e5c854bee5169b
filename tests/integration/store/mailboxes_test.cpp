#include "integration/store/stored.hpp"
#include "store/activities.hpp"
#include "store/decisions.hpp"
#include "store/events.hpp"
#include "store/folders.hpp"
#include "store/installation.hpp"
#include "store/known_items.hpp"
#include "store/parked.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// One of everything that a mailbox can leave in the database.
Plan one_of_everything(Stored& stored)
{
    Plan plan = plan_of(
        tagged("a1", "m@example.com", stored.user("ann@contoso.example"), "ann@contoso.example"));
    DecisionRow decision;
    decision.item_hmac = digest("a1");
    decision.message_id_hmac = digest("m@example.com");
    decision.parent_hmacs = {digest("parent")};
    decision.input_hmac = digest("input");
    decision.outcome = Outcome::tracked;
    decision.item_id = "a1";
    decision.rule = "hand_tag";
    decision.evidence_json = R"([{"rule": "hand_tag"}])";
    plan.policy_version = "3";
    plan.decisions.push_back(decision);
    OwedCategories owed;
    owed.item_id = "a1";
    owed.desired.state = StateCategory::tracked;
    plan.write_backs.push_back(owed);
    plan.staged.push_back("a1");
    plan.parked.push_back({"a9", "graph.item_corrupt", "v1", 2, false, morning()});
    plan.events.push_back({"info", "item_tracked", R"({"item": 1})"});
    return plan;
}

} // namespace

TEST_CASE("the owner of a new mailbox is made with it, or not at all")
{
    Stored stored;
    store::NewMailbox mailbox;
    mailbox.provider = "contoso";
    mailbox.address = {"ann@contoso.example"};
    mailbox.owner = stored.user("bo@contoso.example");
    REQUIRE(stored.run(stored.mailboxes.add(mailbox)));
    CHECK_FALSE(stored.run(stored.mailboxes.add_with_user(mailbox)));
    CHECK(stored.number("SELECT count(*) FROM crm.record") == 1);

    mailbox.address = {"cy@contoso.example"};
    const auto added = stored.run(stored.mailboxes.add_with_user(mailbox));
    REQUIRE(added);
    CHECK(added->made_owner);
    CHECK(added->mailbox.owner == stored.user("cy@contoso.example"));
    mailbox.provider = "fabrikam";
    const auto second = stored.run(stored.mailboxes.add_with_user(mailbox));
    REQUIRE(second);
    CHECK_FALSE(second->made_owner);
}

TEST_CASE("a mailbox is added once per provider")
{
    Stored stored;
    stored.mailbox("ann@contoso.example", MailboxState::added);
    store::NewMailbox again;
    again.provider = "contoso";
    again.address = {"ann@contoso.example"};
    CHECK_FALSE(stored.run(stored.mailboxes.add(again)));
    again.provider = "fabrikam";
    again.mode = Mode::replies;
    CHECK(stored.run(stored.mailboxes.add(again))->mode == Mode::replies);
    CHECK(stored.run(stored.mailboxes.by_address({"ann@contoso.example"})).size() == 2);
    CHECK(stored.run(stored.mailboxes.list()).size() == 2);
    CHECK_FALSE(stored.run(stored.mailboxes.by_id(MailboxId(4711))));
    CHECK_FALSE(stored.run(stored.mailboxes.set_state(MailboxId(4711), MailboxState::enabled)));
}

TEST_CASE("a removed mailbox leaves its activities and their owners, and nothing else")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    store::Folders folders(stored.pool);
    FolderChanges tree;
    tree.present.push_back({FolderId("inbox"), std::nullopt, "Inbox", WellKnown::inbox});
    stored.run(folders.apply(ann, tree, 1, true));
    stored.commit(ann, one_of_everything(stored));
    stored.sql("INSERT INTO sync.pin (mailbox_id, message_hmac, kind) SELECT id, sha256('x'), "
               "'untrack' FROM sync.mailbox");

    const auto removed = stored.run(stored.mailboxes.remove(ann.mailbox));
    REQUIRE(removed);
    CHECK(removed->links == 1);
    CHECK(removed->decisions == 1);
    CHECK(removed->write_backs == 1);
    for (const char* table : {"mailbox", "lease", "folder", "link", "decision", "decision_parent",
                              "pin", "write_back", "untrack_stage", "parked"}) {
        INFO(table);
        CHECK(stored.number(std::string("SELECT count(*) FROM sync.") + table) == 0);
    }
    CHECK(stored.text("SELECT owner_address FROM store.activity") == "ann@contoso.example");
    CHECK_FALSE(stored.run(stored.mailboxes.remove(ann.mailbox)));

    // Added again, it finds its message again.
    const Fence again = stored.leased("ann@contoso.example");
    const auto relinked = stored.commit(
        again, plan_of(tagged("a1", "m@example.com", stored.user("ann@contoso.example"),
                              "ann@contoso.example")));
    CHECK_FALSE(relinked.tracked[0].created);
    CHECK(stored.number("SELECT count(*) FROM store.activity") == 1);
}

TEST_CASE("what is stored about an item is known before it is decided")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    stored.commit(ann, one_of_everything(stored));
    std::vector<store::KnownQuery> queries(3);
    queries[0].item_id = "a1";
    queries[0].item_hmac = digest("a1");
    queries[0].message_hmac = digest("m@example.com");
    queries[1].item_id = "a9";
    queries[2].item_id = "never seen";
    auto connection = stored.run(stored.pool.acquire());
    auto known = stored.run(store::known_items(*connection, ann.mailbox, queries));
    REQUIRE(known.size() == 3);
    const KnownItem& tracked = known.at("a1");
    REQUIRE(tracked.link);
    CHECK(tracked.link->folder == FolderId("inbox"));
    CHECK(tracked.link->version == Version("v1"));
    CHECK(tracked.link->tracked_by == "user");
    CHECK(tracked.link->category_seen == StateCategory::none);
    CHECK_FALSE(tracked.link->activity_deleted);
    CHECK(tracked.outcome == "tracked");
    CHECK(tracked.input_hmac == bytes_of(digest("input")));
    CHECK(tracked.owed == StateCategory::tracked);
    CHECK(tracked.staged);
    CHECK_FALSE(tracked.parked);
    CHECK_FALSE(tracked.pinned);
    CHECK(known.at("a9").parked);
    CHECK(known.at("a9").park_attempts == 2);
    CHECK_FALSE(known.at("never seen").link);
    CHECK_FALSE(known.at("never seen").outcome);

    // Another mailbox knows nothing of it.
    const Fence bob = stored.leased("bob@contoso.example");
    known = stored.run(store::known_items(*connection, bob.mailbox, queries));
    CHECK_FALSE(known.at("a1").link);
    CHECK_FALSE(known.at("a1").staged);
}

TEST_CASE("a resync forgets the cursors and the staged untracks, and no link")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    store::Folders folders(stored.pool);
    FolderChanges tree;
    tree.present.push_back({FolderId("inbox"), std::nullopt, "Inbox", WellKnown::inbox});
    tree.present.push_back({FolderId("x"), FolderId("inbox"), "Projects", WellKnown::none});
    tree.next = Cursor("t1");
    stored.run(folders.apply(ann, tree, 1, true));
    Progress progress;
    progress.folder = FolderId("inbox");
    progress.cursor = Cursor("c1");
    stored.commit(ann, one_of_everything(stored), progress);
    stored.run(folders.forget_all_cursors(ann.mailbox));
    // What is being read keeps nothing: it would put its cursor back.
    CHECK_THROWS_AS(stored.commit(ann, Plan(), progress), Failure);
    const auto state = stored.run(folders.tree(ann.mailbox, 1));
    CHECK(state.cursor == Cursor(""));
    CHECK(state.folders.size() == 2);
    CHECK(state.folders[0].cursor == Cursor(""));
    CHECK(stored.number("SELECT count(*) FROM sync.untrack_stage") == 0);
    CHECK(stored.number("SELECT count(*) FROM sync.link") == 1);

    const auto claimed = stored.run(stored.leases.claim(stored.daemon, 1));
    REQUIRE(claimed.size() == 1);
    const Fence again = claimed.front();
    // A tree read from nothing shows what is gone; one that goes on names it.
    FolderChanges whole;
    whole.present.push_back(tree.present[0]);
    stored.run(folders.apply(again, whole, 1, true));
    CHECK(stored.run(folders.tree(ann.mailbox, 1)).folders.size() == 1);
    FolderChanges went;
    went.removed.push_back(FolderId("inbox"));
    stored.run(folders.apply(again, went, 1, false));
    CHECK(stored.run(folders.tree(ann.mailbox, 1)).folders.empty());
}

TEST_CASE("an activity is shown with all that belongs to it")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    stored.commit(ann, one_of_everything(stored));
    store::Activities activities(stored.pool);
    const auto ids = stored.run(activities.by_message_id("m@example.com"));
    REQUIRE(ids.size() == 1);
    const auto shown = stored.run(activities.show(ids[0]));
    REQUIRE(shown);
    CHECK(shown->subject == "Offer");
    CHECK(shown->owner_name == "ann@contoso.example");
    CHECK(shown->parties.size() == 2);
    CHECK(shown->parties[0].role == "from");
    CHECK(shown->links.at(0).mailbox == "ann@contoso.example");
    CHECK_FALSE(stored.run(activities.show(ActivityId(make_uuid(morning())))));
    CHECK(stored.run(activities.by_message_id("other@example.com")).empty());
}

TEST_CASE("decisions are found by message and go with age, unless a link stands on them")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    Plan plan = one_of_everything(stored);
    DecisionRow ignored;
    ignored.item_hmac = digest("ignored");
    ignored.message_id_hmac = digest("ignored message");
    ignored.parent_hmacs = {digest("p1"), digest("p2")};
    ignored.rule = "none";
    plan.decisions.push_back(ignored);
    stored.commit(ann, plan);
    store::Decisions decisions(stored.pool);
    const auto found = stored.run(decisions.of_message(ann.mailbox, digest("m@example.com")));
    REQUIRE(found.size() == 1);
    CHECK(found[0].outcome == "tracked");
    CHECK(found[0].policy_version == "3");
    CHECK(found[0].evidence_json.find("hand_tag") != std::string::npos);
    CHECK(found[0].activity);

    CHECK(stored.run(decisions.purge(90)) == 0);
    stored.sql("UPDATE sync.decision SET decided_at = now() - interval '91 days'");
    CHECK(stored.run(decisions.purge(90)) == 1);
    CHECK(stored.number("SELECT count(*) FROM sync.decision") == 1);
    CHECK(stored.number("SELECT count(*) FROM sync.decision_parent") == 1);
}

TEST_CASE("parked items are listed, due when their time has come, and retried by hand")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    Plan plan;
    plan.parked.push_back({"a1", "graph.item_corrupt", "v1", 1, false, morning()});
    plan.parked.push_back({"a2", "graph.item_corrupt", "v1", 5, false, std::nullopt});
    stored.commit(ann, plan);
    store::Parked parked(stored.pool);
    CHECK(stored.run(parked.list()).size() == 2);
    REQUIRE(stored.run(parked.due(ann.mailbox)).size() == 1);
    CHECK(stored.run(parked.due(ann.mailbox))[0].item_id == "a1");
    CHECK(stored.run(parked.retry(std::nullopt, "a2")) == std::vector<MailboxId>{ann.mailbox});
    CHECK(stored.run(parked.due(ann.mailbox)).size() == 2);
    Plan unparked;
    unparked.unparked = {"a1", "a2"};
    stored.commit(ann, unparked);
    CHECK(stored.run(parked.list(ann.mailbox)).empty());
}

TEST_CASE("the sync log is read, filtered and followed without a gap or a double")
{
    Stored stored;
    const Fence ann = stored.leased("ann@contoso.example");
    store::Events events(stored.pool);
    const auto add = [&](const char* name, std::optional<MailboxId> mailbox) {
        std::vector<LogEvent> one(1);
        one[0].name = name;
        stored.run(events.add(mailbox, one));
    };
    add("one", ann.mailbox);
    add("two", std::nullopt);
    add("three", ann.mailbox);
    store::EventFilter filter;
    filter.mailbox = ann.mailbox;
    const auto names = [](const std::vector<store::StoredEvent>& all) {
        std::string joined;
        for (const store::StoredEvent& event : all)
            joined += event.name + " ";
        return joined;
    };
    CHECK(names(stored.run(events.read(filter))) == "one three ");
    CHECK(stored.run(events.read(filter))[0].mailbox_address == "ann@contoso.example");
    filter.limit = 1;
    CHECK(names(stored.run(events.read(filter))) == "three ");

    store::EventFilter all;
    all.since = morning();
    store::EventMark mark;
    CHECK(names(stored.run(events.follow(all, mark))) == "one two three ");
    CHECK(stored.run(events.follow(all, mark)).empty());
    add("four", std::nullopt);
    CHECK(names(stored.run(events.follow(all, mark))) == "four ");
}

TEST_CASE("log lines of any day find a place, and old days go")
{
    Stored stored;
    store::Events events(stored.pool);
    stored.sql("INSERT INTO sync.event (at, level, name) VALUES (now() + interval '20 days', "
               "'info', 'future')");
    stored.sql("INSERT INTO sync.event (at, level, name) VALUES (now() - interval '20 days', "
               "'info', 'past')");
    CHECK(stored.number("SELECT count(*) FROM sync.event_other") == 2);
    stored.run(events.keep_partitions(21, 30));
    CHECK(stored.number("SELECT count(*) FROM sync.event_other") == 1);
    CHECK(stored.number("SELECT count(*) FROM sync.event") == 2);
    stored.run(events.keep_partitions(21, 10));
    CHECK(stored.text("SELECT string_agg(name, ',') FROM sync.event") == "future");
}

TEST_CASE("every category name ever used stays ours")
{
    Stored stored;
    const std::vector<store::OwnCategory> before{{"CRM Track", "track", false},
                                                 {"CRM:", "regarding_prefix", false}};
    stored.run(stored.mailboxes.remember_own_categories(before));
    const std::vector<store::OwnCategory> after{{"Nachverfolgen", "track", false}};
    stored.run(stored.mailboxes.remember_own_categories(after));
    const auto own = stored.run(stored.mailboxes.own_categories());
    REQUIRE(own.size() == 3);
    CHECK(own[0].meaning == "regarding_prefix");
    CHECK_FALSE(own[0].retired);
    CHECK(own[1].name == "Nachverfolgen");
    CHECK_FALSE(own[1].retired);
    CHECK(own[2].name == "CRM Track");
    CHECK(own[2].retired);
}

TEST_CASE("the installation's secret is there, its own, and stays")
{
    Stored one;
    store::Installation installation(one.pool);
    const std::string secret = one.run(installation.secret());
    CHECK(secret.size() == 32);
    CHECK(one.run(installation.secret()) == secret);
    one.run(installation.set_property("track_category", "CRM Track"));
    one.run(installation.set_property("track_category", "Track"));
    CHECK(one.run(installation.properties()).at("track_category") == "Track");
}

TEST_CASE("a failure does not stop a mailbox that a person has disabled meanwhile")
{
    Stored stored;
    const Mailbox mailbox = stored.mailbox("ann@contoso.example", MailboxState::disabled);
    CHECK_FALSE(stored.run(
        stored.mailboxes.set_state(mailbox.id, MailboxState::stopped, "graph.not_found: gone")));
    CHECK(stored.run(stored.mailboxes.by_id(mailbox.id))->state == MailboxState::disabled);
    stored.run(stored.mailboxes.set_state(mailbox.id, MailboxState::enabled));
    CHECK(stored.run(
        stored.mailboxes.set_state(mailbox.id, MailboxState::stopped, "graph.not_found: gone")));
    CHECK(stored.run(stored.mailboxes.by_id(mailbox.id))->state == MailboxState::stopped);
}
