#include "integration/store/stored.hpp"
#include "pg/listener.hpp"
#include "store/write_backs.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct TwoDaemons : Stored {
    DaemonId other{make_uuid(morning())};
    TwoDaemons()
    {
        run(leases.register_daemon(daemon, "one", std::chrono::seconds(30)));
        run(leases.register_daemon(other, "two", std::chrono::seconds(30)));
    }
    void expire(DaemonId who)
    {
        sql("UPDATE sync.daemon SET expires_at = clock_timestamp() - interval '1 s' WHERE id = "
            "$1::uuid",
            pg::Params().add(who.value));
    }
};

} // namespace

TEST_CASE("each due mailbox is claimed by one daemon only")
{
    TwoDaemons two;
    for (int i = 0; i < 20; ++i)
        two.mailbox("m" + std::to_string(i) + "@contoso.example");
    std::set<MailboxId> all;
    std::size_t claims = 0;
    for (int round = 0; round < 4; ++round)
        for (const DaemonId who : {two.daemon, two.other}) {
            const auto claimed = two.run(two.leases.claim(who, 3));
            claims += claimed.size();
            for (const Fence& fence : claimed) {
                CHECK(fence.holder == who);
                all.insert(fence.mailbox);
            }
        }
    CHECK(claims == 20);
    CHECK(all.size() == 20);
}

TEST_CASE("two daemons that claim at the same moment share the mailboxes out")
{
    TwoDaemons two;
    for (int i = 0; i < 20; ++i)
        two.mailbox("m" + std::to_string(i) + "@contoso.example");
    auto first = start(two.io, two.leases.claim(two.daemon, 12));
    auto second = start(two.io, two.leases.claim(two.other, 12));
    while (!first->here || !second->here) {
        if (two.io.stopped())
            two.io.restart();
        REQUIRE(two.io.run_one_for(std::chrono::seconds(60)) > 0);
    }
    std::set<MailboxId> mailboxes;
    std::size_t claims = 0;
    for (const auto& claimed : {first->take(), second->take()}) {
        claims += claimed.size();
        for (const Fence& fence : claimed)
            mailboxes.insert(fence.mailbox);
    }
    // Rows the other one has locked are passed over, so one of them may come home with fewer.
    CHECK(claims == mailboxes.size());
    CHECK(claims >= 12);
}

TEST_CASE("a daemon that stops renewing loses its mailboxes, and cannot commit them any more")
{
    TwoDaemons two;
    const Fence before = two.leased("ann@contoso.example");
    CHECK(two.run(two.leases.claim(two.other, 10)).empty());
    two.expire(two.daemon);
    const auto taken = two.run(two.leases.claim(two.other, 10));
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].epoch > before.epoch);

    // The heartbeat comes back, the lease does not.
    CHECK(two.run(two.leases.renew(two.daemon, std::chrono::seconds(30))));
    const std::vector<Fence> working{before};
    CHECK(two.run(two.leases.to_let_go(two.daemon, working)).size() == 1);
    CHECK(two.run(two.leases.held(two.daemon)).empty());
    store::WriteBacks write_backs(two.pool);
    const std::vector<std::string> items{"a1"};
    CHECK(failure_of([&] { two.run(write_backs.gone(before, items)); }).name() == "lease.lost");
    // Giving back what was lost does not take it from the other.
    two.run(two.leases.give_back(before, morning()));
    CHECK(two.run(two.leases.held(two.other)).size() == 1);
}

TEST_CASE("a mailbox given back is due when it was said")
{
    TwoDaemons two;
    const Fence fence = two.leased("ann@contoso.example");
    SECTION("later")
    {
        two.run(two.leases.give_back(fence, *parse_timestamp("2999-01-01T00:00:00Z")));
        CHECK(two.run(two.leases.claim(two.other, 10)).empty());
        CHECK(two.run(two.leases.wake(fence.mailbox)));
        CHECK(two.run(two.leases.claim(two.other, 10)).size() == 1);
    }
    SECTION("at once")
    {
        two.run(two.leases.give_back(fence, morning()));
        CHECK(two.run(two.leases.claim(two.other, 10)).size() == 1);
    }
}

TEST_CASE("a disabled or removed mailbox is claimed by nobody and let go")
{
    const bool remove = GENERATE(true, false);
    TwoDaemons two;
    const Fence fence = two.leased("ann@contoso.example");
    const std::vector<Fence> working{fence};
    CHECK(two.run(two.leases.to_let_go(two.daemon, working)).empty());
    if (remove)
        CHECK(two.run(two.mailboxes.remove(fence.mailbox)));
    else
        CHECK(two.run(two.mailboxes.set_state(fence.mailbox, MailboxState::disabled)));
    CHECK(two.run(two.leases.to_let_go(two.daemon, working)).size() == 1);
    two.run(two.leases.give_back(fence, morning()));
    CHECK(two.run(two.leases.claim(two.other, 10)).empty());
    CHECK(two.run(two.leases.wake(fence.mailbox)) == !remove);
    CHECK(two.run(two.leases.claim(two.other, 10)).empty());
    if (!remove) {
        two.run(two.mailboxes.set_state(fence.mailbox, MailboxState::enabled));
        CHECK(two.run(two.leases.claim(two.other, 10)).size() == 1);
    }
}

TEST_CASE(
    "a stopped mailbox is tried again when its time has come, and runs again after a good pass")
{
    TwoDaemons two;
    const Fence fence = two.leased("ann@contoso.example");
    two.run(two.mailboxes.set_state(fence.mailbox, MailboxState::stopped, "mailbox.gone"));
    two.run(two.leases.give_back(fence, morning()));
    CHECK(two.run(two.leases.claim(two.other, 10)).empty());
    CHECK(two.run(two.mailboxes.by_id(fence.mailbox))->last_failure == "mailbox.gone");

    two.run(
        two.mailboxes.set_state(fence.mailbox, MailboxState::stopped, "mailbox.gone", morning()));
    REQUIRE(two.run(two.leases.claim(two.other, 10)).size() == 1);
    store::PassTimes pass;
    pass.mailbox = fence.mailbox;
    pass.last_pass_at = morning();
    const std::vector<store::PassTimes> passes{pass};
    two.run(two.mailboxes.record_passes(passes));
    const Mailbox after = *two.run(two.mailboxes.by_id(fence.mailbox));
    CHECK(after.state == MailboxState::enabled);
    CHECK_FALSE(after.last_failure);
    CHECK(after.last_pass_at == morning());
}

TEST_CASE("a daemon that resigns leaves its mailboxes to the others at once")
{
    TwoDaemons two;
    two.leased("ann@contoso.example");
    two.run(two.leases.resign(two.daemon));
    CHECK(two.run(two.leases.claim(two.other, 10)).size() == 1);
    CHECK_FALSE(two.run(two.leases.renew(two.daemon, std::chrono::seconds(30))));
}

TEST_CASE("a claim waits for no page that is being committed")
{
    TwoDaemons two;
    const Fence fence = two.leased("ann@contoso.example");
    two.expire(two.daemon);
    auto page = two.run(two.pool.acquire());
    const pg::Statement begin{"", "BEGIN"};
    const pg::Statement rollback{"", "ROLLBACK"};
    const pg::Statement fenced{"", "SELECT sync.fence($1, $2, $3)"};
    two.run(page->run(begin));
    two.run(page->run(
        fenced,
        pg::Params().add(fence.mailbox.value).add(fence.holder.value).add(fence.epoch.value)));
    CHECK(two.run(two.leases.claim(two.other, 10)).empty());
    two.run(page->run(rollback));
    CHECK(two.run(two.leases.claim(two.other, 10)).size() == 1);
}
