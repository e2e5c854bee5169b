#include "integration/store/stored.hpp"
#include "store/revisits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

namespace asio = boost::asio;

struct Answering : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");
    store::Revisits revisits{pool};

    /// What is due in a mailbox: "reply m@example.com".
    std::vector<std::string> due(Fence fence)
    {
        std::vector<std::string> words;
        for (const store::DueRevisit& one : run(revisits.due(fence.mailbox)))
            words.push_back(std::string(to_string(one.reason)) + " " + one.key);
        return words;
    }
    void done(Fence fence)
    {
        auto all = run(revisits.due(fence.mailbox));
        run(revisits.done(fence, std::move(all)));
    }

    /// An item in bob's mailbox that answers "m@example.com".
    void decide(const std::string& item, Outcome outcome,
                std::vector<std::string> unstored_parents = {})
    {
        Plan plan;
        DecisionRow& decision = plan.decisions.emplace_back();
        decision.item_hmac = digest(item);
        decision.parent_hmacs = {digest("m@example.com"), digest("older@example.com")};
        decision.unstored_parents = std::move(unstored_parents);
        decision.outcome = outcome;
        decision.rule = "none";
        commit(bob, plan);
    }
    Plan tracking(const std::string& message = "m@example.com")
    {
        TrackedItem item =
            tagged("a1", message, user("ann@contoso.example"), "ann@contoso.example");
        item.message_hmac = digest(message);
        return plan_of(item);
    }
    store::Committed track(Fence fence) { return commit(fence, tracking()); }

    bool somebody_waits()
    {
        return number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND wait_event_type = 'Lock'") > 0;
    }
};

} // namespace

TEST_CASE("a new activity asks for the answers that were ignored before, wherever they are")
{
    Answering answering;
    answering.decide("b1", Outcome::ignored);
    answering.decide("b2", Outcome::ignored);
    const store::Committed committed = answering.track(answering.ann);
    CHECK(committed.revisits == std::vector<MailboxId>{answering.bob.mailbox});
    CHECK(answering.due(answering.ann).empty());
    REQUIRE(answering.due(answering.bob) == std::vector<std::string>{"reply m@example.com"});

    answering.done(answering.bob);
    CHECK(answering.due(answering.bob).empty());
}

TEST_CASE("answers in the own mailbox are asked for too, and nobody has to be woken")
{
    Answering answering;
    answering.decide("b1", Outcome::ignored);
    CHECK(answering.track(answering.bob).revisits.empty());
    CHECK(answering.due(answering.bob).size() == 1);
}

TEST_CASE("nothing is asked for where no answer was ignored, or a copy joins what is stored")
{
    Answering answering;
    answering.decide("b1", Outcome::refused);
    CHECK(answering.track(answering.ann).revisits.empty());
    answering.decide("b2", Outcome::ignored);
    CHECK(answering.track(answering.ann).revisits.empty());
    CHECK(answering.number("SELECT count(*) FROM sync.revisit") == 0);
}

TEST_CASE("an answer that is stored after what it answers, and was decided before, asks for itself")
{
    Answering answering;
    answering.track(answering.ann);
    const auto due = [&] { return answering.due(answering.bob); };
    answering.decide("b1", Outcome::ignored, {"older@example.com", "m@example.com"});
    CHECK(due() == std::vector<std::string>{"reply m@example.com"});

    SECTION("once")
    {
        answering.decide("b2", Outcome::ignored, {"m@example.com"});
        CHECK(due().size() == 1);
    }
    SECTION("not for a message that was untracked")
    {
        answering.done(answering.bob);
        answering.sql("UPDATE store.activity SET deleted_at = now(), purge_after = now()");
        answering.decide("b2", Outcome::ignored, {"m@example.com"});
        CHECK(due().empty());
    }
}

TEST_CASE("a message and its answer that are stored at the same moment find each other")
{
    Answering answering;
    // The message's transaction has asked for answers and waits in its COMMIT.
    answering.sql("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
                  " 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END'");
    answering.sql("CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON store.activity"
                  " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()");
    const auto holder = answering.run(answering.pool.acquire());
    const auto in_the_holder = [&](std::string_view statement) {
        answering.run(holder->run(pg::Statement{"", statement}));
    };
    in_the_holder("SELECT pg_advisory_lock(7)");
    const auto connection = answering.run(answering.pool.acquire());
    auto message = asio::co_spawn(
        answering.io, store::commit(*connection, answering.ann, answering.tracking(), std::nullopt),
        asio::use_future);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!answering.somebody_waits())
        REQUIRE(std::chrono::steady_clock::now() < until);

    answering.decide("b1", Outcome::ignored, {"m@example.com"});
    const auto asked = [&] { return answering.number("SELECT count(*) FROM sync.revisit"); };
    REQUIRE(asked() == 0); // neither sees the other yet
    in_the_holder("SELECT pg_advisory_unlock(7)");
    while (message.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        REQUIRE((std::chrono::steady_clock::now() < until && answering.io.run_one() > 0));
    CHECK(message.get().revisits == std::vector<MailboxId>{answering.bob.mailbox});
    CHECK(asked() == 1);
}
