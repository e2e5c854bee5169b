#include "integration/store/stored.hpp"
#include "store/write_backs.hpp"
#include "support/builders.hpp"
#include "support/manual_clock.hpp"
#include "sync/untrack_release.hpp"
#include "unit/sync/scripted_connector.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// A message Kim tagged by hand. It is stored, and an old row of it, without its tag, was believed
/// for the moment: the answer it was owed is dropped, and the removal staged.
struct Doubted : Stored {
    ManualClock clock{morning()};
    Metrics metrics;
    PrivateHash hash{"secret"};
    ScriptedConnector connector;
    Fence fence = leased("kim@contoso.example");
    Mailbox mailbox = *run(mailboxes.by_id(fence.mailbox));
    std::shared_ptr<const sync::PolicySnapshot> rules = sync::make_snapshot(Settings());

    Doubted()
    {
        Plan plan = plan_of(tagged("item-1", "own@adventure.example", user("kim@contoso.example"),
                                   "kim@contoso.example"));
        plan.staged.push_back("item-1");
        commit(fence, plan);
    }
    sync::UntrackReport release()
    {
        const sync::TurnContext context{mailbox, fence, connector, pool, clock, metrics, hash,
                                        rules,   false, false,     {},   {},    false,   nullptr};
        return run(sync::release_untracks(context));
    }
    std::vector<store::OwedWrite> owed()
    {
        store::WriteBacks write_backs(pool);
        return run(write_backs.due(fence.mailbox));
    }
};

} // namespace

TEST_CASE_METHOD(Doubted, "an answer dropped for a removal that was none is owed again")
{
    connector.items["item-1"] = message().categories({"CRM Track"}).version("v2").item();
    const sync::UntrackReport report = release();
    CHECK(report.released == 0);
    CHECK(report.dropped == 1);
    CHECK(number("SELECT count(*) FROM sync.untrack_stage") == 0);
    REQUIRE(owed().size() == 1);
    CHECK(owed()[0].desired.state == StateCategory::tracked);
    CHECK(owed()[0].version == Version("v2"));
}

TEST_CASE_METHOD(Doubted, "an item that carries its answer after all is left as it is")
{
    connector.items["item-1"] = message().categories({"CRM Tracked"}).version("v2").item();
    CHECK(release().dropped == 1);
    CHECK(owed().empty());
    CHECK(number("SELECT count(*) FROM sync.link") == 1);
}
