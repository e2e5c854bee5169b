#include "integration/store/stored.hpp"
#include "store/folders.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// Two mailboxes of two users, both leased.
struct TwoMailboxes : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");
    RecordId ann_user = user("ann@contoso.example");
    RecordId bob_user = user("bob@contoso.example");

    TrackedItem anns(std::string item, std::string message, int minute = 0)
    {
        return tagged(std::move(item), std::move(message), ann_user, "ann@contoso.example",
                      morning(minute));
    }
    TrackedItem bobs(std::string item, std::string message, int minute = 0)
    {
        return tagged(std::move(item), std::move(message), bob_user, "bob@contoso.example",
                      morning(minute));
    }
    std::string owner() { return text("SELECT owner_address FROM store.activity"); }
};

} // namespace

TEST_CASE("one message in two mailboxes is one activity with two links")
{
    TwoMailboxes two;
    const auto first = two.commit(two.ann, plan_of(two.anns("a1", "m@example.com")));
    const auto second = two.commit(two.bob, plan_of(two.bobs("b1", "m@example.com")));

    CHECK(first.tracked[0].created);
    CHECK_FALSE(second.tracked[0].created);
    CHECK(first.tracked[0].activity == second.tracked[0].activity);
    CHECK(two.number("SELECT count(*) FROM store.activity") == 1);
    CHECK(two.number("SELECT count(*) FROM sync.link") == 2);
    CHECK(two.number("SELECT link_count FROM sync.mailbox ORDER BY id LIMIT 1") == 1);
}

TEST_CASE("the parties are the union over the copies")
{
    TwoMailboxes two;
    two.commit(two.ann, plan_of(two.anns("a1", "m@example.com")));
    TrackedItem copy = two.bobs("b1", "m@example.com");
    copy.parties.push_back(
        {Role::bcc, "secret@example.com", "", {}, PartyResolution::unresolved, false});
    two.commit(two.bob, plan_of(copy));
    CHECK(two.text("SELECT string_agg(role || ' ' || address, ', ' ORDER BY role, address) "
                   "FROM crm.activity_party") == "bcc secret@example.com, from ann@example.com, to "
                                                 "ann@contoso.example, to bob@contoso.example");
}

TEST_CASE("a Message-ID used again by somebody else is another activity")
{
    TwoMailboxes two;
    two.commit(two.ann, plan_of(two.anns("a1", "m@example.com")));
    TrackedItem other = two.anns("a2", "m@example.com");
    other.identity.from_hash = digest("eve@example.com");
    const auto second = two.commit(two.ann, plan_of(other));
    CHECK(second.tracked[0].created);

    // The copy of the second message in the other mailbox finds the second activity.
    TrackedItem copy = two.bobs("b2", "m@example.com");
    copy.identity.from_hash = digest("eve@example.com");
    const auto third = two.commit(two.bob, plan_of(copy));
    CHECK_FALSE(third.tracked[0].created);
    CHECK(third.tracked[0].activity == second.tracked[0].activity);
    CHECK(two.number("SELECT count(*) FROM store.activity") == 2);
}

TEST_CASE("a Message-ID sent again two days later is another activity, an hour later the same")
{
    TwoMailboxes two;
    two.commit(two.ann, plan_of(two.anns("a1", "m@example.com")));
    TrackedItem later = two.anns("a2", "m@example.com");
    later.identity.sent_at += std::chrono::hours(1);
    CHECK_FALSE(two.commit(two.ann, plan_of(later)).tracked[0].created);
    TrackedItem much_later = two.anns("a3", "m@example.com");
    much_later.identity.sent_at += std::chrono::hours(48);
    CHECK(two.commit(two.ann, plan_of(much_later)).tracked[0].created);
}

TEST_CASE("a Message-ID used a dozen times loses no message, and reading again adds none")
{
    TwoMailboxes two;
    for (int round = 0; round < 2; ++round)
        for (int i = 0; i < 12; ++i) {
            TrackedItem item = two.anns("a" + std::to_string(i), "m@example.com");
            item.identity.from_hash = digest(std::to_string(i));
            two.commit(two.ann, plan_of(item));
        }
    CHECK(two.number("SELECT count(*) FROM store.activity") == 12);
    CHECK(two.number("SELECT count(DISTINCT activity_id) FROM sync.link") == 12);
}

TEST_CASE("two copies of one message in one chunk are one activity")
{
    TwoMailboxes two;
    Plan plan = plan_of(two.anns("sent", "m@example.com"));
    plan.tracked.push_back(two.anns("inbox", "m@example.com"));
    const auto committed = two.commit(two.ann, plan);
    CHECK(committed.tracked[0].activity == committed.tracked[1].activity);
    CHECK(committed.tracked[0].created != committed.tracked[1].created);
    CHECK(two.number("SELECT count(*) FROM store.activity") == 1);
    CHECK(two.number("SELECT count(*) FROM sync.link") == 2);
}

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

TEST_CASE("who tagged first owns, whoever is processed first")
{
    const bool ann_first = GENERATE(true, false);
    TwoMailboxes two;
    const auto ann = [&] { two.commit(two.ann, plan_of(two.anns("a1", "m@example.com", 10))); };
    const auto bob = [&] { two.commit(two.bob, plan_of(two.bobs("b1", "m@example.com", 5))); };
    ann_first ? (ann(), bob()) : (bob(), ann());
    CHECK(two.owner() == "bob@contoso.example");
    CHECK(two.text("SELECT owner_id::text FROM crm.activity") == to_string(two.bob_user.value));
}

TEST_CASE("at the same moment the smaller address owns")
{
    const bool ann_first = GENERATE(true, false);
    TwoMailboxes two;
    const auto ann = [&] { two.commit(two.ann, plan_of(two.anns("a1", "m@example.com", 5))); };
    const auto bob = [&] { two.commit(two.bob, plan_of(two.bobs("b1", "m@example.com", 5))); };
    ann_first ? (ann(), bob()) : (bob(), ann());
    CHECK(two.owner() == "ann@contoso.example");
}

TEST_CASE("a hand tag takes ownership over from a rule, however late")
{
    const bool rule_first = GENERATE(true, false);
    TwoMailboxes two;
    TrackedItem by_rule = two.anns("a1", "m@example.com", 0);
    by_rule.owner.by_person = false;
    by_rule.tracked_by = "rule";
    by_rule.rule = "exact_address";
    const auto rule = [&] { two.commit(two.ann, plan_of(by_rule)); };
    const auto hand = [&] { two.commit(two.bob, plan_of(two.bobs("b1", "m@example.com", 30))); };
    rule_first ? (rule(), hand()) : (hand(), rule());
    CHECK(two.owner() == "bob@contoso.example");
}

TEST_CASE("stronger evidence replaces a regarding, weaker and equal does not")
{
    TwoMailboxes two;
    const RecordId weak = two.record("account", "Weak");
    const RecordId strong = two.record("account", "Strong");
    const RecordId equal = two.record("account", "Equal");
    const auto commit = [&](const char* item, RecordId regarding, Strength strength) {
        TrackedItem copy = two.anns(item, "m@example.com");
        copy.regarding = regarding;
        copy.regarding_strength = static_cast<int>(strength);
        two.commit(two.ann, plan_of(copy));
    };
    const auto regarding = [&] { return two.text("SELECT regarding_id::text FROM crm.activity"); };
    commit("a1", weak, Strength::domain);
    CHECK(regarding() == to_string(weak.value));
    commit("a2", strong, Strength::address);
    CHECK(regarding() == to_string(strong.value));
    commit("a3", equal, Strength::address);
    CHECK(regarding() == to_string(strong.value));
    commit("a4", weak, Strength::domain);
    CHECK(regarding() == to_string(strong.value));
}

TEST_CASE("a regarding set by a person is not overwritten by a rule")
{
    TwoMailboxes two;
    const RecordId chosen = two.record("account", "Chosen");
    const RecordId found = two.record("account", "Found");
    TrackedItem item = two.anns("a1", "m@example.com");
    item.regarding = chosen;
    item.regarding_by_person = true;
    item.regarding_strength = 100;
    two.commit(two.ann, plan_of(item));
    TrackedItem copy = two.bobs("b1", "m@example.com", 5);
    copy.regarding = found;
    copy.regarding_strength = 60;
    two.commit(two.bob, plan_of(copy));
    CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == to_string(chosen.value));
    CHECK(two.number("SELECT count(*) FROM crm.activity_connection") == 0);
}

TEST_CASE("between users the owner's choice is the regarding and another's a connection")
{
    const bool owner_first = GENERATE(true, false);
    TwoMailboxes two;
    const RecordId anns = two.record("account", "Adventure Works");
    const RecordId bobs = two.record("account", "Blue Yonder");
    TrackedItem ann_item = two.anns("a1", "m@example.com", 0);
    ann_item.regarding = anns;
    ann_item.regarding_by_person = true;
    ann_item.regarding_strength = 100;
    TrackedItem bob_item = two.bobs("b1", "m@example.com", 10);
    bob_item.regarding = bobs;
    bob_item.regarding_by_person = true;
    bob_item.regarding_strength = 100;
    const auto ann = [&] { two.commit(two.ann, plan_of(ann_item)); };
    const auto bob = [&] { two.commit(two.bob, plan_of(bob_item)); };
    owner_first ? (ann(), bob()) : (bob(), ann());
    CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == to_string(anns.value));
    CHECK(two.text("SELECT record_id::text FROM crm.activity_connection") == to_string(bobs.value));
}

TEST_CASE("a person changes, then clears the regarding of a linked item")
{
    TwoMailboxes two;
    const RecordId first = two.record("account", "First");
    const RecordId second = two.record("account", "Second");
    TrackedItem item = two.anns("a1", "m@example.com");
    item.regarding = first;
    item.regarding_strength = 30;
    const ActivityId activity = two.commit(two.ann, plan_of(item)).tracked[0].activity;

    Plan change;
    change.regardings.push_back({"a1", activity, second, "CRM: Second"});
    two.commit(two.ann, change);
    CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == to_string(second.value));
    CHECK(two.text("SELECT regarding_category FROM sync.link") == "CRM: Second");

    Plan clear;
    clear.regardings.push_back({"a1", activity, std::nullopt, std::nullopt});
    two.commit(two.ann, clear);
    CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == "(null)");
    CHECK(two.text("SELECT regarding_category FROM sync.link") == "(null)");

    // What a person took off, no rule puts back.
    TrackedItem copy = two.bobs("b1", "m@example.com", 5);
    copy.regarding = first;
    copy.regarding_strength = 60;
    two.commit(two.bob, plan_of(copy));
    CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == "(null)");
}

TEST_CASE("another user's change of mind changes only that user's connection")
{
    TwoMailboxes two;
    const RecordId anns = two.record("account", "Adventure Works");
    const RecordId one = two.record("account", "One");
    const RecordId other = two.record("account", "Other");
    TrackedItem item = two.anns("a1", "m@example.com");
    item.regarding = anns;
    item.regarding_by_person = true;
    const ActivityId activity = two.commit(two.ann, plan_of(item)).tracked[0].activity;
    two.commit(two.bob, plan_of(two.bobs("b1", "m@example.com", 5)));
    for (const auto& choice :
         {std::optional(one), std::optional(other), std::optional<RecordId>()}) {
        Plan change;
        change.regardings.push_back({"b1", activity, choice, std::nullopt});
        two.commit(two.bob, change);
        CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == to_string(anns.value));
        CHECK(two.text("SELECT string_agg(record_id::text, ',') FROM crm.activity_connection") ==
              (choice ? to_string(choice->value) : "(null)"));
    }
}

TEST_CASE("a tombstone tagged again is the same activity with its regarding")
{
    TwoMailboxes two;
    const RecordId account = two.record("account", "Adventure Works");
    TrackedItem item = two.anns("a1", "m@example.com");
    item.regarding = account;
    item.regarding_by_person = true;
    const ActivityId before = two.commit(two.ann, plan_of(item)).tracked[0].activity;
    two.sql(
        "UPDATE store.activity SET deleted_at = now(), purge_after = now() + interval '30 days'");

    SECTION("by a tag")
    {
        TrackedItem again = two.bobs("b1", "m@example.com", 60);
        const auto revived = two.commit(two.bob, plan_of(again));
        CHECK(revived.tracked[0].activity == before);
        CHECK(revived.tracked[0].revived);
        CHECK(two.text("SELECT deleted_at::text FROM store.activity") == "(null)");
        CHECK(two.text("SELECT purge_after::text FROM store.activity") == "(null)");
        CHECK(two.text("SELECT regarding_id::text FROM crm.activity") == to_string(account.value));
        // Whose tag brought it back owns it: the former owner took the tag off.
        CHECK(two.owner() == "bob@contoso.example");
    }
    SECTION("but not by a rule")
    {
        TrackedItem again = two.bobs("b1", "m@example.com", 60);
        again.tracked_by = "rule";
        again.rule = "exact_address";
        again.owner.by_person = false;
        Plan plan = plan_of(again);
        plan.write_backs.emplace_back().item_id = "b1";
        DecisionRow& decision = plan.decisions.emplace_back();
        decision.item_id = "b1";
        decision.outcome = Outcome::tracked;
        decision.rule = "exact_address";
        plan.events.emplace_back().name = "item_tracked";
        plan.events.back().item_id = "b1";
        plan.tracked.push_back(two.bobs("b2", "other@example.com"));
        const auto committed = two.commit(two.bob, plan);
        CHECK(two.text("SELECT deleted_at::text FROM crm.activity WHERE message_id = "
                       "'m@example.com'") != "(null)");
        // Nothing says that it is tracked; what else the chunk held is stored.
        REQUIRE(committed.tracked.size() == 1);
        CHECK(committed.tracked[0].item_id == "b2");
        CHECK(two.number("SELECT count(*) FROM sync.link WHERE item_id = 'b1'") == 0);
        CHECK(two.number("SELECT count(*) FROM sync.write_back") == 0);
        CHECK(two.number("SELECT count(*) FROM sync.decision") == 0);
        CHECK(two.number("SELECT count(*) FROM sync.event WHERE name = 'item_tracked'") == 0);
    }
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

TEST_CASE("a hand tag on an item that a rule had linked makes link and activity that person's")
{
    TwoMailboxes two;
    TrackedItem by_rule = two.bobs("b1", "m@example.com", 0);
    by_rule.owner.owner = two.ann_user; // the sender
    by_rule.owner.by_person = false;
    by_rule.owner.address.clear();
    by_rule.tracked_by = "rule";
    by_rule.rule = "exact_address";
    const ActivityId activity = two.commit(two.bob, plan_of(by_rule)).tracked[0].activity;

    Plan plan;
    HandTag tag;
    tag.item_id = "b1";
    tag.activity = activity;
    tag.rule = "hand_tag";
    tag.claim = two.bobs("b1", "m@example.com", 30).owner;
    plan.hand_tags.push_back(tag);
    two.commit(two.bob, plan);
    CHECK(two.owner() == "bob@contoso.example");
    CHECK(two.text("SELECT owner_id::text FROM crm.activity") == to_string(two.bob_user.value));
    const std::string link = "SELECT tracked_by || ' ' || rule || ' ' || "
                             "extract(epoch FROM tagged_at - '2026-03-02T09:00:00Z')::int "
                             "FROM sync.link";
    CHECK(two.text(link) == "user hand_tag 1800");

    // Tagged once more: the first moment stays, and with it the claim.
    plan.hand_tags[0].claim.at = morning(40);
    two.commit(two.bob, plan);
    CHECK(two.text(link) == "user hand_tag 1800");

    // A colleague tagged earlier, and is read later.
    two.commit(two.ann, plan_of(two.anns("a1", "m@example.com", 20)));
    CHECK(two.owner() == "ann@contoso.example");
}

TEST_CASE("a hand tag that came too late leaves the owner, and is remembered on the link")
{
    TwoMailboxes two;
    const ActivityId activity =
        two.commit(two.ann, plan_of(two.anns("a1", "m@example.com", 5))).tracked[0].activity;
    TrackedItem by_rule = two.bobs("b1", "m@example.com", 0);
    by_rule.owner.by_person = false;
    by_rule.tracked_by = "rule";
    by_rule.rule = "header_reference";
    two.commit(two.bob, plan_of(by_rule));

    Plan plan;
    HandTag tag;
    tag.item_id = "b1";
    tag.activity = activity;
    tag.rule = "hand_tag";
    tag.claim = two.bobs("b1", "m@example.com", 30).owner;
    plan.hand_tags.push_back(tag);
    two.commit(two.bob, plan);
    CHECK(two.owner() == "ann@contoso.example");
    CHECK(two.text("SELECT tracked_by FROM sync.link WHERE item_id = 'b1'") == "user");
}
