#include "integration/store/stored.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

namespace asio = boost::asio;

/// Ann tracked a message; bob's page brings another copy of it while somebody else's transaction is
/// open.
struct Racing : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");
    pg::Pool::Lent other = run(pool.acquire());

    Racing()
    {
        commit(ann, plan_of(tagged("a1", "m@example.com", user("ann@contoso.example"),
                                   "ann@contoso.example", morning())));
        in_the_other("BEGIN");
    }
    void in_the_other(std::string_view statement) { run(other->run(pg::Statement{"", statement})); }
    bool somebody_waits()
    {
        return number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND wait_event_type = 'Lock'") > 0;
    }
    TrackedItem bobs()
    {
        return tagged("b1", "m@example.com", user("bob@contoso.example"), "bob@contoso.example",
                      morning(60));
    }
    void bury()
    {
        in_the_other("SELECT FROM store.activity FOR UPDATE");
        in_the_other("UPDATE store.activity SET deleted_at = now(), purge_after = now() + "
                     "interval '30 days'");
    }
    /// Commits bob's copy, and the other transaction once bob's waits for it.
    store::Committed commit_while_the_other_ends(TrackedItem copy)
    {
        auto connection = run(pool.acquire());
        auto committed = asio::co_spawn(
            io, store::commit(*connection, bob, plan_of(std::move(copy)), std::nullopt),
            asio::use_future);
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!somebody_waits())
            if (std::chrono::steady_clock::now() > until)
                throw std::runtime_error("bob's page does not wait for the other transaction");
        in_the_other("COMMIT");
        while (committed.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
            if (std::chrono::steady_clock::now() > until || io.run_one() == 0)
                throw std::runtime_error("bob's page does not end");
        return committed.get();
    }
};

} // namespace

TEST_CASE("a tag in one mailbox waits for the untrack in another, and brings the copy back")
{
    Racing race;
    race.bury();
    const store::Committed committed = race.commit_while_the_other_ends(race.bobs());
    CHECK(committed.tracked.at(0).revived);
    CHECK(race.text("SELECT deleted_at::text FROM store.activity") == "(null)");
    CHECK(race.text("SELECT owner_address FROM store.activity") == "bob@contoso.example");
}

TEST_CASE("an inbox rule's tag does not bring back what is untracked meanwhile, and is answered")
{
    Racing race;
    race.bury();
    TrackedItem copy = race.bobs();
    copy.tracked_by = "rule";
    copy.rule = to_string(Rule::rule_tag);
    copy.owner.by_person = false;
    const store::Committed committed = race.commit_while_the_other_ends(std::move(copy));
    CHECK(committed.tracked.empty());
    CHECK(race.text("SELECT deleted_at::text FROM store.activity") != "(null)");
    CHECK(race.number("SELECT count(*) FROM sync.link WHERE item_id = 'b1'") == 0);
    CHECK(race.text("SELECT desired ->> 'state' FROM sync.write_back WHERE item_id = 'b1'") ==
          "refused");
}

TEST_CASE("a copy that comes while its activity is purged makes a new one")
{
    Racing race;
    race.in_the_other("SELECT FROM store.activity FOR UPDATE");
    race.in_the_other("DELETE FROM store.activity_identity");
    race.in_the_other("DELETE FROM store.activity_party");
    race.in_the_other("DELETE FROM store.activity");
    const store::Committed committed = race.commit_while_the_other_ends(race.bobs());
    CHECK(committed.tracked.at(0).created);
    CHECK(race.number("SELECT count(*) FROM store.activity") == 1);
    CHECK(race.number("SELECT count(*) FROM store.activity_identity") == 1);
    CHECK(race.number("SELECT count(*) FROM store.activity_party AS p WHERE NOT EXISTS (SELECT "
                      "FROM store.activity AS a WHERE a.id = p.activity_id)") == 0);
    CHECK(race.text("SELECT activity_id::text FROM sync.link WHERE item_id = 'b1'") ==
          race.text("SELECT id::text FROM store.activity"));
}
