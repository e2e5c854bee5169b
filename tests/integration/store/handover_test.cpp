#include "integration/store/two_mailboxes.hpp"
#include "store/handover.hpp"
#include "store/untracks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include <future>

using namespace crmsync;
using namespace crmsync::test;

namespace {

namespace asio = boost::asio;

/// Bob goes, and cid succeeds him.
struct Leaving : TwoMailboxes {
    RecordId cid_user = user("cid@contoso.example");
    store::Handover handover{pool};

    /// As `record close --successor` does it.
    asio::awaitable<std::int64_t> pass_on()
    {
        co_await handover.name_successor(bob_user, cid_user);
        co_await handover.pass_mailboxes(bob_user, cid_user);
        std::int64_t passed = 0;
        while (const std::int64_t some = co_await handover.pass_activities(bob_user, cid_user, 100))
            passed += some;
        co_return passed;
    }
    int owned_by(RecordId owner)
    {
        return number("SELECT count(*) FROM store.activity WHERE owner_id = '" +
                      to_string(owner.value) + "'");
    }
    void untrack(Fence fence, const std::string& item)
    {
        store::Untracks untracks(pool);
        store::Release release;
        release.item_id = item;
        release.item_hmac = digest(item);
        std::vector<store::Release> all(1, release);
        run(untracks.release(fence, std::move(all), {}));
    }
    template <class T>
    T wait_for(std::future<T>& result)
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
            if (std::chrono::steady_clock::now() > until || io.run_one() == 0)
                throw std::runtime_error("it does not end");
        return result.get();
    }
    /// How many sessions wait for a lock; goes on until there are so many.
    void until_waiting(int sessions)
    {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND wait_event_type = 'Lock'") < sessions)
            if (std::chrono::steady_clock::now() > until)
                throw std::runtime_error("nobody waits");
    }
};

} // namespace

TEST_CASE("a page that is being committed while its owner goes leaves nothing behind")
{
    Leaving here;
    auto other = here.run(here.pool.acquire());
    const auto in_the_other = [&](std::string_view statement) {
        here.run(other->run(pg::Statement{"", statement}));
    };
    // Holds the page up in the middle of its transaction, where its owner is settled already: links
    // come after activities.
    in_the_other("BEGIN");
    in_the_other("LOCK TABLE sync.link IN SHARE MODE");

    auto connection = here.run(here.pool.acquire());
    auto committed =
        asio::co_spawn(here.io,
                       store::commit(*connection, here.bob,
                                     plan_of(here.bobs("b1", "m@example.com")), std::nullopt),
                       asio::use_future);
    here.until_waiting(1);
    auto passed = asio::co_spawn(here.io, here.pass_on(), asio::use_future);
    here.until_waiting(2);
    in_the_other("COMMIT");

    here.wait_for(committed);
    here.wait_for(passed);
    CHECK(here.owned_by(here.bob_user) == 0);
    CHECK(here.owned_by(here.cid_user) == 1);
}

TEST_CASE("what was decided before its owner went belongs to the successor")
{
    Leaving here;
    here.commit(here.ann, plan_of(here.anns("a1", "m1@example.com", 30)));
    here.run(here.pass_on());
    here.commit(here.bob, plan_of(here.bobs("b1", "m1@example.com"))); // tagged before ann
    here.commit(here.bob, plan_of(here.bobs("b2", "m2@example.com")));
    CHECK(here.owned_by(here.bob_user) == 0);
    CHECK(here.owned_by(here.cid_user) == 2);
}

TEST_CASE("whoever succeeded a successor owns what was decided for the first")
{
    Leaving here;
    here.run(here.pass_on());
    here.run(here.handover.name_successor(here.cid_user, here.ann_user));
    here.commit(here.bob, plan_of(here.bobs("b1", "m@example.com")));
    CHECK(here.owned_by(here.ann_user) == 1);
}

TEST_CASE("a user who is opened again by an import owns again what is stored from then on")
{
    Leaving here;
    here.run(here.pass_on());
    here.sql("UPDATE store.record SET state = 'closed' WHERE id = '" +
             to_string(here.bob_user.value) + "'");
    store::RecordRow row;
    row.key = {"user", here.text("SELECT external_id FROM store.record WHERE id = '" +
                                 to_string(here.bob_user.value) + "'")};
    row.name = "Bob";
    const auto import = [&] { here.run(here.records.import({row})); };
    import();
    here.commit(here.bob, plan_of(here.bobs("b1", "m1@example.com")));
    CHECK(here.owned_by(here.bob_user) == 0);
    row.state = RecordState::open;
    import();
    here.commit(here.bob, plan_of(here.bobs("b2", "m2@example.com")));
    CHECK(here.owned_by(here.bob_user) == 1);
}

TEST_CASE("what its owner untracks passes to the successor of who tagged it next")
{
    Leaving here;
    here.commit(here.ann, plan_of(here.anns("a1", "m@example.com", 0)));
    here.commit(here.bob, plan_of(here.bobs("b1", "m@example.com", 5)));
    // Bob has gone, and the mailbox is not passed on yet.
    here.run(here.handover.name_successor(here.bob_user, here.cid_user));
    here.untrack(here.ann, "a1");
    CHECK(here.owned_by(here.cid_user) == 1);
}
