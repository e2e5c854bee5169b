#include "integration/store/stored.hpp"
#include "store/intents.hpp"
#include "store/known_items.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Drafting : Stored {
    Fence kim = leased("kim@contoso.example");
    Fence lee = leased("lee@contoso.example");

    void intend(const std::string& item, Intent intent = {true, {"CRM: Fabrikam", "CRM: \"x\", y"}})
    {
        Plan plan;
        plan.intents.push_back({item, digest("m of " + item), std::move(intent)});
        commit(kim, plan);
    }
    std::optional<Intent> known(Fence fence, const std::string& item, const std::string& message)
    {
        store::KnownQuery query;
        query.item_id = item;
        query.item_hmac = digest("hmac of " + item);
        query.message_hmac = digest(message);
        auto connection = run(pool.acquire());
        const std::vector<store::KnownQuery> queries(1, query);
        return run(store::known_items(*connection, fence.mailbox, queries)).at(item).intent;
    }
    std::int64_t intents() { return number("SELECT count(*) FROM sync.intent"); }
};

} // namespace

TEST_CASE("an intent is known of its item, and of another one with its Message-ID")
{
    Drafting drafting;
    drafting.intend("d1");
    const Intent intent{true, {"CRM: Fabrikam", "CRM: \"x\", y"}};
    CHECK(drafting.known(drafting.kim, "d1", "another") == intent);
    CHECK(drafting.known(drafting.kim, "s1", "m of d1") == intent);
    CHECK(drafting.known(drafting.kim, "s1", "another") == std::nullopt);
    CHECK(drafting.known(drafting.lee, "d1", "m of d1") == std::nullopt);
}

TEST_CASE("a draft that changes its mind: the latest intent counts, and none is none")
{
    Drafting drafting;
    drafting.intend("d1");
    drafting.intend("d1", {false, {"CRM: Other"}});
    CHECK(drafting.known(drafting.kim, "d1", "") == Intent{false, {"CRM: Other"}});
    Plan plan;
    plan.withdrawn_intents = {"d1"};
    drafting.commit(drafting.kim, plan);
    CHECK(drafting.intents() == 0);
}

TEST_CASE("an answered intent is forgotten, whichever item it was found by")
{
    Drafting drafting;
    drafting.intend("d1");
    drafting.intend("d2");
    drafting.intend("d3");
    Plan plan;
    plan.answered_intents.push_back({"s1", digest("m of d1")});
    plan.answered_intents.push_back({"d2", std::nullopt});
    drafting.commit(drafting.kim, plan);
    CHECK(drafting.text("SELECT item_id FROM sync.intent") == "d3");
}

TEST_CASE("the intent of a draft that went is purged a day later, unless the draft came back")
{
    Drafting drafting;
    store::Intents intents(drafting.pool);
    drafting.intend("d1");
    drafting.intend("d2");
    Plan plan;
    plan.lost_drafts = {"d1", "d2"};
    drafting.commit(drafting.kim, plan);
    drafting.intend("d2");
    drafting.run(intents.purge());
    CHECK(drafting.intents() == 2);
    drafting.sql("UPDATE sync.intent SET draft_gone_at = draft_gone_at - interval '25 hours'");
    drafting.run(intents.purge());
    CHECK(drafting.text("SELECT item_id FROM sync.intent") == "d2");
}

TEST_CASE("the intents of a mailbox go with it")
{
    Drafting drafting;
    drafting.intend("d1");
    drafting.run(drafting.mailboxes.remove(drafting.kim.mailbox));
    CHECK(drafting.intents() == 0);
}
