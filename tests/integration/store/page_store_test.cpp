#include "integration/store/two_mailboxes.hpp"
#include "store/folders.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("reading the same page again changes nothing")
{
    TwoMailboxes two;
    TrackedItem item = two.anns("a1", "m@example.com");
    two.commit(two.ann, plan_of(item));
    const std::string before = two.text("SELECT xmin::text || ctid::text FROM store.activity");
    item.proposed = ActivityId(make_uuid(morning()));
    two.commit(two.ann, plan_of(item));
    CHECK(two.text("SELECT xmin::text || ctid::text FROM store.activity") == before);
    CHECK(two.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(two.number("SELECT link_count FROM sync.mailbox ORDER BY id LIMIT 1") == 1);
}

TEST_CASE("an item that the database does not take is set aside, and its chunk is stored")
{
    TwoMailboxes two;
    store::Folders folders(two.pool);
    FolderChanges tree;
    tree.present.push_back({FolderId("inbox"), std::nullopt, "Inbox", WellKnown::inbox});
    tree.next = Cursor("tree-1");
    two.run(folders.apply(two.ann, tree, 1, true));

    Plan plan;
    for (const char* name : {"a1", "a2", "a3"}) {
        TrackedItem item = two.anns(name, std::string(name) + "@example.com");
        if (item.item_id == "a2")
            item.attachments.emplace_back().status = "skipped"; // without its reason
        plan.tracked.push_back(std::move(item));
        DecisionRow& decision = plan.decisions.emplace_back();
        decision.item_hmac = digest(name);
        decision.item_id = name;
        decision.outcome = Outcome::tracked;
        decision.rule = "hand_tag";
        OwedCategories& owed = plan.write_backs.emplace_back();
        owed.item_id = name;
        owed.desired.state = StateCategory::tracked;
    }
    Progress progress;
    progress.folder = FolderId("inbox");
    progress.cursor = Cursor("page-1");
    const store::Committed committed = two.commit(two.ann, plan, progress);

    CHECK(committed.tracked.size() == 2);
    CHECK(two.text("SELECT string_agg(item_id, ' ' ORDER BY item_id) FROM sync.link") == "a1 a3");
    CHECK(two.text("SELECT item_id || ' ' || reason FROM sync.parked") == "a2 pg.constraint");
    CHECK(two.text("SELECT outcome FROM sync.decision WHERE item_id = 'a2'") == "failed");
    CHECK(two.text("SELECT string_agg(item_id || ' ' || (desired ->> 'state'), ', ' ORDER BY "
                   "item_id) FROM sync.write_back") == "a1 tracked, a2 failed, a3 tracked");
    CHECK(two.run(folders.tree(two.ann.mailbox, 1)).folders.at(0).cursor == Cursor("page-1"));
}

TEST_CASE("attachments are stored in parts, each content once")
{
    TwoMailboxes two;
    const std::string content(600'000, 'x');
    const auto with_attachment = [&](TrackedItem item) {
        StoredAttachment stored;
        stored.name = "offer.pdf";
        stored.content_type = "application/pdf";
        stored.size = 600'000;
        stored.status = "stored";
        stored.content = content;
        stored.sha256 = sha256(content);
        StoredAttachment skipped;
        skipped.name = "logo.png";
        skipped.status = "skipped";
        skipped.reason = "inline";
        item.attachments = {stored, skipped};
        return item;
    };
    two.commit(two.ann, plan_of(with_attachment(two.anns("a1", "m1@example.com"))));
    two.commit(two.ann, plan_of(with_attachment(two.anns("a2", "m2@example.com"))));
    two.commit(two.bob, plan_of(with_attachment(two.bobs("b1", "m1@example.com"))));
    CHECK(two.number("SELECT count(*) FROM store.blob") == 1);
    CHECK(two.number("SELECT count(*) FROM store.blob_part") == 3);
    CHECK(two.number("SELECT max(length(content))::bigint FROM store.blob_part") == 256 * 1024);
    CHECK(
        two.sql("SELECT sha256(string_agg(content, '' ORDER BY n)) = b.sha256 FROM store.blob_part "
                "JOIN store.blob AS b USING (sha256) GROUP BY b.sha256")
            .get<bool>(0, 0));
    CHECK(two.number("SELECT count(*) FROM crm.attachment WHERE status = 'stored'") == 2);
    CHECK(two.number("SELECT count(*) FROM crm.attachment WHERE reason = 'inline'") == 2);
}

TEST_CASE("nothing of a page is kept when the lease was lost")
{
    TwoMailboxes two;
    two.sql("UPDATE sync.lease SET epoch = epoch + 1");
    Plan plan = plan_of(two.anns("a1", "m@example.com"));
    const Failure failure = failure_of([&] { two.commit(two.ann, plan); });
    CHECK(failure.name() == "lease.lost");
    CHECK(failure.reaction() == Reaction::give_back);
    CHECK(two.number("SELECT count(*) FROM store.activity_identity") == 0);
    CHECK(two.number("SELECT count(*) FROM store.activity") == 0);
    // The connection is clean again.
    CHECK(two.pool.running() == 0);

    Plan links_only;
    links_only.dropped_write_backs.push_back("a1");
    CHECK(failure_of([&] { two.commit(two.ann, links_only); }).name() == "lease.lost");
}

TEST_CASE("another holder with the same epoch is another holder")
{
    TwoMailboxes two;
    Fence stale = two.ann;
    stale.holder = DaemonId(make_uuid(morning()));
    CHECK(failure_of([&] { two.commit(stale, plan_of(two.anns("a1", "m@example.com"))); }).name() ==
          "lease.lost");
}

TEST_CASE("a crash between the two parts of a page leaves nothing")
{
    TwoMailboxes two;
    const Plan plan = plan_of(two.anns("a1", "m@example.com"));
    {
        pg::ConnectionOptions options = two.options();
        bool opened = false;
        options.step = [&opened](std::string_view step) {
            if (opened && step == "sql.answer")
                throw std::runtime_error("the process ends here");
        };
        auto connection = two.run(pg::Connection::open(two.io.get_executor(), std::move(options)));
        opened = true;
        CHECK_THROWS_WITH(two.run(store::commit(*connection, two.ann, plan, std::nullopt)),
                          "the process ends here");
    }
    CHECK(two.number("SELECT count(*) FROM store.activity_identity") == 0);
    CHECK(two.commit(two.ann, plan).tracked[0].created);
}

TEST_CASE("the cursor goes with the last chunk, and the round's end with it")
{
    TwoMailboxes two;
    store::Folders folders(two.pool);
    FolderChanges tree;
    tree.present.push_back({FolderId("inbox"), std::nullopt, "Inbox", WellKnown::inbox});
    tree.next = Cursor("tree-1");
    two.run(folders.apply(two.ann, tree, 1, true));

    Progress progress;
    progress.folder = FolderId("inbox");
    progress.cursor = Cursor("page-1");
    two.commit(two.ann, plan_of(two.anns("a1", "m@example.com")), progress);
    auto state = two.run(folders.tree(two.ann.mailbox, 1));
    CHECK(state.cursor == Cursor("tree-1"));
    CHECK(state.folders.at(0).cursor == Cursor("page-1"));
    CHECK_FALSE(state.folders.at(0).round_done_at);
    CHECK(state.folders.at(0).folder.well_known == WellKnown::inbox);

    progress.cursor = Cursor("round-1");
    // What arrives after the last page was asked for has not been seen, however late the commit is.
    const Timestamp asked = *parse_timestamp("2026-03-02T09:15:00Z");
    progress.round_done_at = asked;
    two.commit(two.ann, Plan{}, progress);
    state = two.run(folders.tree(two.ann.mailbox, 1));
    CHECK(state.folders.at(0).cursor == Cursor("round-1"));
    CHECK(state.folders.at(0).round_done_at == asked);

    // Another query would go on with the old list of properties.
    state = two.run(folders.tree(two.ann.mailbox, 2));
    CHECK(state.cursor == Cursor(""));
    CHECK(state.folders.at(0).cursor == Cursor(""));
    CHECK(state.folders.at(0).round_done_at);
}

TEST_CASE("the same decision under the same policy is not written again")
{
    TwoMailboxes two;
    DecisionRow row;
    row.item_hmac = digest("item");
    row.message_id_hmac = digest("message");
    row.parent_hmacs = {digest("parent"), digest("grandparent")};
    row.input_hmac = digest("input");
    row.rule = "none";
    row.evidence_json = "[]";
    Plan plan;
    plan.policy_version = "1";
    plan.decisions.push_back(row);
    const auto version = [&] { return two.text("SELECT xmin::text FROM sync.decision"); };
    two.commit(two.ann, plan);
    const std::string before = version();
    CHECK(two.number("SELECT count(*) FROM sync.decision_parent") == 2);
    two.commit(two.ann, plan);
    CHECK(version() == before);
    plan.policy_version = "2";
    two.commit(two.ann, plan);
    CHECK(version() != before);
    CHECK(two.number("SELECT count(*) FROM sync.decision_parent") == 2);
}

TEST_CASE("of two words about one item in one chunk the later counts")
{
    TwoMailboxes two;
    Plan plan = plan_of(two.anns("a1", "m@example.com"));
    for (const char* version : {"v1", "v2"}) {
        OwedCategories owed;
        owed.item_id = "a1";
        owed.version = Version(version);
        plan.write_backs.push_back(owed);
        LinkUpdate update;
        update.item_id = "a1";
        update.version = Version(version);
        plan.links.push_back(update);
        plan.parked.push_back({"a1", version, version, 1, false, std::nullopt});
    }
    two.commit(two.ann, plan);
    CHECK(two.text("SELECT version FROM sync.write_back") == "v2");
    CHECK(two.text("SELECT version FROM sync.link") == "v2");
    CHECK(two.text("SELECT reason FROM sync.parked") == "v2");
}

TEST_CASE("text that PostgreSQL would refuse is cleaned, not lost")
{
    TwoMailboxes two;
    TrackedItem item = two.anns("a1", "m@example.com");
    item.subject = std::string("before\0after", 12);
    item.parties.push_back({Role::cc,
                            std::string(5000, 'x') + "@example.com",
                            "",
                            {},
                            PartyResolution::unresolved,
                            false});
    two.commit(two.ann, plan_of(item));
    CHECK(two.text("SELECT subject FROM crm.activity") == "beforeafter");
    CHECK(two.number("SELECT max(length(address)) FROM crm.activity_party") == 1000);
}
