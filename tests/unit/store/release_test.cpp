#include "store/release.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::store;

namespace {

struct Case {
    const char* situation;
    bool owner;
    bool tagged_copy_left;
    bool deleted;
    bool heir;
    bool keep;
    Untracked becomes;
    bool pinned;
};

} // namespace

TEST_CASE("who keeps what when a person takes the tag off")
{
    const Case cases[] = {
        {"the owner's only copy", true, false, false, false, false, Untracked::tombstoned, true},
        {"another person tagged it", true, false, false, true, false, Untracked::owner_passed,
         true},
        {"another person tagged it, and the policy keeps", true, false, false, true, true,
         Untracked::owner_passed, true},
        {"the policy keeps", true, false, false, false, true, Untracked::kept, true},
        {"somebody else's", false, false, false, false, false, Untracked::unlinked, true},
        {"a copy here carries a tag", true, true, false, true, false, Untracked::unlinked, false},
        {"a tombstone already", true, false, true, false, false, Untracked::unlinked, true},
    };
    for (const Case& one : cases) {
        INFO(one.situation);
        ReleaseFact fact;
        fact.item_id = "a1";
        fact.activity.value.bytes[0] = 7;
        fact.owner = one.owner;
        fact.tagged_copy_left = one.tagged_copy_left;
        fact.activity_deleted = one.deleted;
        if (one.heir)
            fact.heir.emplace();
        Release release;
        release.item_id = "a1";
        release.item_hmac = sha256("item");
        release.message_hmac = sha256("message");
        UntrackPolicy policy;
        policy.keep = one.keep;
        const std::vector<ReleaseFact> facts{fact};
        const std::vector<Release> releases{release};

        const ReleasePlan plan = plan_release(facts, releases, policy);
        REQUIRE(plan.released.size() == 1);
        CHECK(plan.released[0].became == one.becomes);
        CHECK(plan.messages.size() == (one.pinned ? 1U : 0U));
        CHECK(plan.left.size() == (one.pinned ? 1U : 0U));
        CHECK(plan.buried.contains(fact.activity) == (one.becomes == Untracked::tombstoned));
        CHECK(plan.heirs.contains(fact.activity) == (one.becomes == Untracked::owner_passed));
        CHECK(plan.items == std::vector<Sha256>{sha256("item")});
    }
}

TEST_CASE("what a shared mailbox keeps stays with its team, whoever else tagged it")
{
    ReleaseFact fact;
    fact.item_id = "a1";
    fact.owner = true;
    fact.heir.emplace();
    Release release;
    release.item_id = "a1";
    const std::vector<ReleaseFact> facts{fact};
    const std::vector<Release> releases{release};
    UntrackPolicy policy;
    policy.of_team = true;
    policy.keep = true;
    CHECK(plan_release(facts, releases, policy).released[0].became == Untracked::kept);
    policy.keep = false;
    CHECK(plan_release(facts, releases, policy).released[0].became == Untracked::owner_passed);
}

TEST_CASE("a message without a Message-ID is pinned by its item alone")
{
    ReleaseFact fact;
    fact.item_id = "a1";
    fact.owner = true;
    Release release;
    release.item_id = "a1";
    release.item_hmac = sha256("item");
    const std::vector<ReleaseFact> facts{fact};
    const std::vector<Release> releases{release};
    const ReleasePlan plan = plan_release(facts, releases, UntrackPolicy());
    CHECK(plan.messages.empty());
    CHECK(plan.items == std::vector<Sha256>{sha256("item")});
    CHECK(plan.released[0].became == Untracked::tombstoned);
}
