#include "integration/store/two_mailboxes.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// One message in both mailboxes, in either order; tagged at these minutes.
void commit_copies(TwoMailboxes& two, int anns_minute, int bobs_minute)
{
    const bool ann_first = GENERATE(true, false);
    const Plan ann = plan_of(two.anns("a1", "m@example.com", anns_minute));
    const Plan bob = plan_of(two.bobs("b1", "m@example.com", bobs_minute));
    two.commit(ann_first ? two.ann : two.bob, ann_first ? ann : bob);
    two.commit(ann_first ? two.bob : two.ann, ann_first ? bob : ann);
}

/// The item as a rule tracked it.
TrackedItem by_rule(TrackedItem item, const char* rule = "exact_address")
{
    item.owner.by_person = false;
    item.tracked_by = "rule";
    item.rule = rule;
    return item;
}

/// Bob's tag on his copy of the message, which is linked already.
Plan bobs_hand_tag(TwoMailboxes& two, ActivityId activity, int minute)
{
    Plan plan;
    HandTag& tag = plan.hand_tags.emplace_back();
    tag.item_id = "b1";
    tag.activity = activity;
    tag.rule = "hand_tag";
    tag.claim = two.bobs("b1", "m@example.com", minute).owner;
    return plan;
}

} // namespace

TEST_CASE("who tagged first owns, whoever is processed first")
{
    TwoMailboxes two;
    commit_copies(two, 10, 5);
    CHECK(two.owner() == "bob@contoso.example");
    CHECK(two.text("SELECT owner_id::text FROM crm.activity") == to_string(two.bob_user.value));
}

TEST_CASE("at the same moment the smaller address owns")
{
    TwoMailboxes two;
    commit_copies(two, 5, 5);
    CHECK(two.owner() == "ann@contoso.example");
}

TEST_CASE("a hand tag takes ownership over from a rule, however late")
{
    const bool rule_first = GENERATE(true, false);
    TwoMailboxes two;
    const Plan found = plan_of(by_rule(two.anns("a1", "m@example.com", 0)));
    const auto rule = [&] { two.commit(two.ann, found); };
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
        Plan plan = plan_of(by_rule(two.bobs("b1", "m@example.com", 60)));
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

TEST_CASE("a hand tag on an item that a rule had linked makes link and activity that person's")
{
    TwoMailboxes two;
    TrackedItem found = by_rule(two.bobs("b1", "m@example.com", 0));
    found.owner.owner = two.ann_user; // the sender
    found.owner.address.clear();
    const ActivityId activity = two.commit(two.bob, plan_of(found)).tracked[0].activity;

    two.commit(two.bob, bobs_hand_tag(two, activity, 30));
    CHECK(two.owner() == "bob@contoso.example");
    CHECK(two.text("SELECT owner_id::text FROM crm.activity") == to_string(two.bob_user.value));
    const std::string link = "SELECT tracked_by || ' ' || rule || ' ' || "
                             "extract(epoch FROM tagged_at - '2026-03-02T09:00:00Z')::int "
                             "FROM sync.link";
    CHECK(two.text(link) == "user hand_tag 1800");

    // Tagged once more: the first moment stays, and with it the claim.
    two.commit(two.bob, bobs_hand_tag(two, activity, 40));
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
    two.commit(two.bob, plan_of(by_rule(two.bobs("b1", "m@example.com", 0), "header_reference")));

    two.commit(two.bob, bobs_hand_tag(two, activity, 30));
    CHECK(two.owner() == "ann@contoso.example");
    CHECK(two.text("SELECT tracked_by FROM sync.link WHERE item_id = 'b1'") == "user");
}
