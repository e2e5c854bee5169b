#include "integration/store/two_mailboxes.hpp"
#include "model/sender_hash.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

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

namespace {

constexpr const char* anns_name = "/o=labs/cn=recipients/cn=ann";

TrackedItem sent_by(TrackedItem item, std::string_view sender)
{
    item.identity.from_hash = sender_hash(sender);
    return item;
}

} // namespace

TEST_CASE("a message whose sender one copy names by X.500 is one, and another's is not lost in it")
{
    const bool name_first = GENERATE(true, false);
    TwoMailboxes two;
    const TrackedItem named = sent_by(two.anns("a1", "m@example.com"), anns_name);
    const TrackedItem addressed = sent_by(two.bobs("b1", "m@example.com"), "ann@example.com");
    const auto first =
        two.commit(name_first ? two.ann : two.bob, plan_of(name_first ? named : addressed));
    const auto second =
        two.commit(name_first ? two.bob : two.ann, plan_of(name_first ? addressed : named));
    CHECK(second.tracked[0].activity == first.tracked[0].activity);
    CHECK_FALSE(second.tracked[0].created);

    const TrackedItem other = sent_by(two.bobs("b2", "m@example.com"), "eve@example.com");
    const auto third = two.commit(two.bob, plan_of(other));
    CHECK(third.tracked[0].created);
    CHECK(two.number("SELECT count(*) FROM store.activity") == 2);
    CHECK(two.number("SELECT count(*) FROM sync.link") == 3);
}

TEST_CASE("of two addresses that come at once after an X.500 name each has its message")
{
    TwoMailboxes two;
    two.commit(two.ann, plan_of(sent_by(two.anns("a1", "m@example.com"), anns_name)));
    Plan plan = plan_of(sent_by(two.bobs("b1", "m@example.com"), "ann@example.com"));
    plan.tracked.push_back(sent_by(two.bobs("b2", "m@example.com"), "eve@example.com"));
    const auto committed = two.commit(two.bob, plan);
    CHECK(committed.tracked[0].activity != committed.tracked[1].activity);
    CHECK(committed.tracked[0].created != committed.tracked[1].created);
    CHECK(two.number("SELECT count(*) FROM store.activity") == 2);
}
