#include "integration/store/stored.hpp"
#include "store/candidate_rows.hpp"
#include "store/decisions.hpp"
#include "store/known_items.hpp"
#include "store/untracks.hpp"
#include "store/write_backs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Untracking : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");
    store::Untracks untracks{pool};
    store::WriteBacks write_backs{pool};

    std::string address_of(Fence fence) const
    {
        return fence.mailbox == ann.mailbox ? "ann@contoso.example" : "bob@contoso.example";
    }
    /// Tracked by hand, answered in the mailbox, with its decision.
    ActivityId track(Fence fence, const std::string& item, int minute = 0, bool by_person = true,
                     const std::string& message = "m@example.com")
    {
        const std::string address = address_of(fence);
        TrackedItem tracked = tagged(item, message, user(address), address, morning(minute));
        tracked.owner.by_person = by_person;
        tracked.tracked_by = by_person ? "user" : "rule";
        tracked.rule = by_person ? "hand_tag" : "exact_address";
        Plan plan = plan_of(tracked);
        DecisionRow decision;
        decision.item_hmac = digest(item);
        decision.item_id = item;
        decision.message_id_hmac = digest(message);
        decision.input_hmac = digest("input");
        decision.outcome = Outcome::tracked;
        decision.rule = tracked.rule;
        plan.decisions.push_back(decision);
        LinkUpdate answered;
        answered.item_id = item;
        answered.category_seen = StateCategory::tracked;
        plan.links.push_back(answered);
        return commit(fence, plan).tracked[0].activity;
    }
    void stage(Fence fence, const std::string& item)
    {
        Plan plan;
        plan.staged.push_back(item);
        commit(fence, plan);
    }
    store::ReleaseReport release(Fence fence, std::vector<std::string> items, bool keep = false)
    {
        std::vector<store::Release> releases;
        for (const std::string& item : items) {
            store::Release& one = releases.emplace_back();
            one.item_id = item;
            one.item_hmac = digest(item);
            one.message_hmac = digest("m@example.com");
        }
        store::UntrackPolicy policy;
        policy.keep = keep;
        return run(untracks.release(fence, releases, policy));
    }
    KnownItem known(Fence fence, const std::string& item)
    {
        store::KnownQuery query;
        query.item_id = item;
        query.item_hmac = digest(item);
        query.message_hmac = digest("m@example.com");
        const std::vector<store::KnownQuery> queries{query};
        auto connection = run(pool.acquire());
        return run(store::known_items(*connection, fence.mailbox, queries)).at(item);
    }
    bool deleted() { return text("SELECT deleted_at::text FROM store.activity") != "(null)"; }
};

} // namespace

TEST_CASE("a staged removal comes with what its release needs to know")
{
    Untracking u;
    const ActivityId activity = u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5);
    u.stage(u.ann, "a1");
    u.stage(u.ann, "not linked");
    const auto staged = u.run(u.untracks.staged(u.ann.mailbox));
    REQUIRE(staged.removals.size() == 1);
    CHECK(staged.removals[0].item_id == "a1");
    CHECK(staged.removals[0].activity == activity);
    CHECK(staged.removals[0].owner);
    CHECK(staged.removals[0].other_person);
    CHECK(staged.removals[0].message_id == "m@example.com");
    CHECK(staged.removals[0].category_seen == StateCategory::tracked);
    CHECK(staged.removed_last_hour == 0);
    CHECK(staged.links == 1);
    CHECK(u.known(u.ann, "a1").staged);
}

TEST_CASE("the owner's untrack makes a tombstone and pins it")
{
    Untracking u;
    const ActivityId activity = u.track(u.ann, "a1");
    u.stage(u.ann, "a1");
    const auto report = u.release(u.ann, {"a1"});
    REQUIRE(report.released.size() == 1);
    CHECK(report.released[0].became == store::Untracked::tombstoned);
    CHECK(report.released[0].activity == activity);
    CHECK(u.deleted());
    CHECK(u.number("SELECT count(*) FROM sync.link") == 0);
    CHECK(u.number("SELECT link_count FROM sync.mailbox ORDER BY id LIMIT 1") == 0);
    CHECK(u.number("SELECT (extract(epoch FROM purge_after - deleted_at) / 86400)::bigint FROM "
                   "store.activity") == 30);
    const KnownItem known = u.known(u.ann, "a1");
    CHECK(known.pinned);
    CHECK_FALSE(known.staged);
    CHECK_FALSE(known.link);
    CHECK(known.outcome == "untracked");
    const auto staged = u.run(u.untracks.staged(u.ann.mailbox));
    CHECK(staged.removals.empty());
    CHECK(staged.removed_last_hour == 1);

    // A new tag is the only thing that undoes it: pin gone, same activity.
    TrackedItem again = tagged("a1", "m@example.com", u.user("ann@contoso.example"),
                               "ann@contoso.example", morning(60));
    Plan plan = plan_of(again);
    plan.unpinned = {digest("a1"), digest("m@example.com")};
    const auto revived = u.commit(u.ann, plan);
    CHECK(revived.tracked[0].activity == activity);
    CHECK_FALSE(u.deleted());
    CHECK_FALSE(u.known(u.ann, "a1").pinned);
}

TEST_CASE("our category is owed off the other copies of a tombstone")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5, false);
    const auto report = u.release(u.ann, {"a1"});
    CHECK(report.released[0].became == store::Untracked::tombstoned);
    CHECK(report.owed == std::vector<MailboxId>{u.bob.mailbox});
    const auto due = u.run(u.write_backs.due(u.bob.mailbox));
    REQUIRE(due.size() == 1);
    CHECK(due[0].item_id == "b1");
    CHECK(due[0].desired == DesiredCategories{});
    CHECK_FALSE(due[0].categories);
    CHECK(u.known(u.bob, "b1").link->activity_deleted);
    CHECK(u.known(u.bob, "b1").owed == StateCategory::none);
    CHECK_FALSE(u.known(u.bob, "b1").pinned);
}

TEST_CASE("the earliest other person who tagged it becomes the owner")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5);
    const auto report = u.release(u.ann, {"a1"});
    CHECK(report.released[0].became == store::Untracked::owner_passed);
    CHECK(report.owed.empty());
    CHECK_FALSE(u.deleted());
    CHECK(u.text("SELECT owner_address FROM store.activity") == "bob@contoso.example");
    CHECK(u.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(u.known(u.ann, "a1").pinned);
}

TEST_CASE("with the ownership the new owner's choice becomes the regarding")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5);
    const std::string anns = to_string(u.user("adventure@customers.example").value);
    const std::string bobs = to_string(u.user("fabrikam@customers.example").value);
    u.sql(fmt::format("UPDATE store.activity SET regarding_id = '{}', regarding_by_person = true, "
                      "regarding_mailbox = {}",
                      anns, u.ann.mailbox.value));
    const auto bob_connects = [&] {
        u.sql(fmt::format("INSERT INTO store.activity_connection (activity_id, record_id, role, "
                          "mailbox_id) SELECT id, '{}', 'regarding', {} FROM store.activity",
                          bobs, u.bob.mailbox.value));
    };
    const auto regarding = [&] { return u.text("SELECT regarding_id::text FROM store.activity"); };
    const auto connected = [&] {
        return u.text("SELECT string_agg(record_id::text, ' ') FROM store.activity_connection");
    };
    SECTION("another user's stays as a connection")
    {
        bob_connects();
        u.release(u.ann, {"a1"});
        CHECK(regarding() == bobs);
        CHECK(connected() == anns);
    }
    SECTION("where the new owner chose nothing, all stays")
    {
        u.release(u.ann, {"a1"});
        CHECK(regarding() == anns);
        CHECK(connected() == "(null)");
    }
    SECTION("who loses nothing changes nothing")
    {
        bob_connects();
        u.release(u.bob, {"b1"});
        CHECK(regarding() == anns);
        CHECK(connected() == bobs);
    }
}

TEST_CASE("the copy stays while the same user's other mailbox holds it tagged by hand")
{
    Untracking u;
    const ActivityId activity = u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5);
    u.sql("UPDATE sync.mailbox SET owner_id = (SELECT owner_id FROM store.activity)");
    const auto report = u.release(u.ann, {"a1"});
    CHECK(report.released[0].became == store::Untracked::owner_passed);
    CHECK(report.released[0].activity == activity);
    CHECK_FALSE(u.deleted());
    CHECK(report.owed.empty());
    CHECK(u.number("SELECT count(*) FROM sync.link") == 1);
}

TEST_CASE("what a person took off counts for an hour, whatever is decided about it since")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.ann, "a2");
    u.release(u.ann, {"a1", "a2"});
    CHECK(u.run(u.untracks.staged(u.ann.mailbox)).removed_last_hour == 2);
    u.sql("UPDATE sync.decision SET outcome = 'ignored', item_id = NULL");
    CHECK(u.run(u.untracks.staged(u.ann.mailbox)).removed_last_hour == 2);
    u.sql("UPDATE sync.released SET released_at = released_at - interval '61 min'");
    CHECK(u.run(u.untracks.staged(u.ann.mailbox)).removed_last_hour == 0);
}

TEST_CASE("who does not own it takes only this mailbox's link away")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5);
    const auto report = u.release(u.bob, {"b1"});
    CHECK(report.released[0].became == store::Untracked::unlinked);
    CHECK_FALSE(u.deleted());
    CHECK(u.text("SELECT owner_address FROM store.activity") == "ann@contoso.example");
    CHECK(u.known(u.bob, "b1").pinned_itself);
    CHECK_FALSE(u.known(u.ann, "a1").pinned);
}

TEST_CASE("of several copies in a mailbox the last one untagged takes the message out")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.ann, "a2");
    SECTION("one after the other")
    {
        CHECK(u.release(u.ann, {"a1"}).released[0].became == store::Untracked::unlinked);
        CHECK_FALSE(u.deleted());
        CHECK(u.known(u.ann, "a1").pinned);
        CHECK_FALSE(u.known(u.ann, "a2").pinned);
        CHECK(u.release(u.ann, {"a2"}).released[0].became == store::Untracked::tombstoned);
        CHECK(u.deleted());
    }
    SECTION("together")
    {
        u.release(u.ann, {"a1", "a2"});
        CHECK(u.deleted());
    }
    SECTION("a copy that carries no tag follows")
    {
        Plan plan;
        LinkUpdate untagged;
        untagged.item_id = "a2";
        untagged.category_seen = StateCategory::none;
        plan.links.push_back(untagged);
        u.commit(u.ann, plan);
        u.release(u.ann, {"a1"});
        CHECK(u.deleted());
        CHECK(u.number("SELECT count(*) FROM sync.link") == 0);
        CHECK(u.number("SELECT count(*) FROM sync.decision WHERE outcome = 'untracked'") == 2);
        CHECK(u.number("SELECT count(*) FROM sync.decision") == 2);
    }
}

TEST_CASE("the policy keep leaves the copy, and still pins")
{
    Untracking u;
    u.track(u.ann, "a1");
    CHECK(u.release(u.ann, {"a1"}, true).released[0].became == store::Untracked::kept);
    CHECK_FALSE(u.deleted());
    CHECK(u.number("SELECT count(*) FROM sync.link") == 0);
    CHECK(u.known(u.ann, "a1").pinned);
}

TEST_CASE("a release under a lost lease changes nothing")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.sql("UPDATE sync.lease SET epoch = epoch + 1");
    CHECK(failure_of([&] { u.release(u.ann, {"a1"}); }).name() == "lease.lost");
    CHECK_FALSE(u.deleted());
    CHECK(u.number("SELECT count(*) FROM sync.link") == 1);
}

TEST_CASE("a tombstone is purged after its grace, with all that belongs to it")
{
    Untracking u;
    TrackedItem item =
        tagged("a1", "m@example.com", u.user("ann@contoso.example"), "ann@contoso.example");
    StoredAttachment file;
    file.name = "offer.pdf";
    file.content_type = "application/pdf";
    file.status = "stored";
    file.content = "only here";
    file.sha256 = sha256(file.content);
    StoredAttachment shared = file;
    shared.content = "also elsewhere";
    shared.sha256 = sha256(shared.content);
    item.attachments = {file, shared};
    u.commit(u.ann, plan_of(item));
    TrackedItem other =
        tagged("a2", "other@example.com", u.user("ann@contoso.example"), "ann@contoso.example");
    other.attachments = {shared};
    u.commit(u.ann, plan_of(other));
    u.track(u.bob, "b1", 5, false);
    u.release(u.ann, {"a1"});

    CHECK(u.run(u.untracks.purge()) == 0);
    u.sql("UPDATE store.activity SET purge_after = now() - interval '1 s' WHERE purge_after IS NOT "
          "NULL");
    CHECK(u.run(u.untracks.purge()) == 1);
    CHECK(u.run(u.untracks.purge()) == 0);
    CHECK(u.number("SELECT count(*) FROM store.activity") == 1);
    CHECK(u.number("SELECT count(*) FROM store.activity_identity") == 1);
    CHECK(u.number("SELECT count(*) FROM store.activity_party") == 2);
    CHECK(u.number("SELECT count(*) FROM sync.link") == 1);
    CHECK(u.number("SELECT count(*) FROM store.blob") == 1);
    CHECK(u.number("SELECT count(*) FROM store.blob_part") == 1);
    CHECK(u.number("SELECT sum(link_count)::bigint FROM sync.mailbox") == 1);
    // Nothing remembers where bob's copy was, and what was decided of it ages like other decisions.
    CHECK(u.text("SELECT outcome || coalesce(item_id, '') FROM sync.decision WHERE mailbox_id = " +
                 std::to_string(u.bob.mailbox.value)) == "ignored");
    // The person's word outlives the purge.
    CHECK(u.known(u.ann, "a1").pinned);
}

TEST_CASE("the labels a copy was read with are remembered when it is purged")
{
    Untracking u;
    u.track(u.ann, "a1");
    u.track(u.bob, "b1", 5, false);
    Plan plan;
    plan.labels_read.push_back({digest("b1"), {digest("one"), digest("two")}});
    u.commit(u.bob, plan);
    u.release(u.ann, {"a1"});
    u.sql("UPDATE store.activity SET purge_after = now() - interval '1 s' WHERE purge_after IS NOT "
          "NULL");
    REQUIRE(u.run(u.untracks.purge()) == 1);
    const std::vector<Sha256> both{digest("one"), digest("two")};
    CHECK(u.known(u.bob, "b1").label_hmacs == both);
    CHECK(u.known(u.ann, "a1").label_hmacs.empty());
    u.sql("UPDATE sync.decision SET decided_at = now() - interval '91 days'");
    store::Decisions decisions(u.pool);
    u.run(decisions.purge(90));
    CHECK_FALSE(u.known(u.bob, "b1").outcome);
    CHECK(u.known(u.bob, "b1").label_hmacs == both);

    plan.labels_read.front().label_hmacs.pop_back();
    u.commit(u.bob, plan);
    CHECK(u.known(u.bob, "b1").label_hmacs == std::vector<Sha256>{digest("one")});
    plan.labels_read.front().label_hmacs.clear();
    u.commit(u.bob, plan);
    CHECK(u.known(u.bob, "b1").label_hmacs.empty());
    CHECK(u.number("SELECT count(*) FROM sync.read_label") == 0);
}

TEST_CASE("purging the first use of a Message-ID does not hide the second")
{
    Untracking u;
    u.track(u.ann, "a1");
    TrackedItem second =
        tagged("a2", "m@example.com", u.user("ann@contoso.example"), "ann@contoso.example");
    second.identity.from_hash = digest("eve@example.com");
    const ActivityId kept = u.commit(u.ann, plan_of(second)).tracked[0].activity;
    u.release(u.ann, {"a1"});
    u.sql("UPDATE store.activity SET purge_after = now() - interval '1 s' WHERE purge_after IS NOT "
          "NULL");
    CHECK(u.run(u.untracks.purge()) == 1);

    TrackedItem copy = second;
    copy.item_id = "b2";
    copy.proposed = ActivityId(make_uuid(morning()));
    const auto joined = u.commit(u.bob, plan_of(copy));
    CHECK_FALSE(joined.tracked[0].created);
    CHECK(joined.tracked[0].activity == kept);
    CandidateQuery query;
    query.message_ids.insert("m@example.com");
    auto connection = u.run(u.pool.acquire());
    CHECK(u.run(store::find_candidates(*connection, query))
              .by_message_id.at("m@example.com")
              .activity == kept);
}
