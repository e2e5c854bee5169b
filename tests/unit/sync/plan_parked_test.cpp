#include "unit/sync/planning.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

KnownItem tried(int times)
{
    KnownItem known = test::known().parked();
    known.park_attempts = times;
    return known;
}

} // namespace

TEST_CASE("an item that cannot be handled now is tried again later, each time later")
{
    const Planning here;
    Timestamp before = here.now;
    for (int times = 0; times < sync::park_attempts - 1; ++times) {
        INFO(times);
        const Plan plan = here.parked(decided(message(), hand_tag(), tried(times)), true);
        REQUIRE(plan.parked.size() == 1);
        CHECK(plan.parked[0].attempts == times + 1);
        CHECK(plan.parked[0].reason == "graph.item_corrupt");
        REQUIRE(plan.parked[0].next_attempt_at);
        CHECK(*plan.parked[0].next_attempt_at > before);
        CHECK(*plan.parked[0].next_attempt_at <= here.now + std::chrono::hours(1));
        before = *plan.parked[0].next_attempt_at;
        CHECK(plan.write_backs.empty());
        CHECK(plan.decisions.empty()); // it would count as seen, and its tag as set since
    }
}

TEST_CASE("a wish whose retries are used up is answered CRM Failed")
{
    const Planning here;
    const Plan plan =
        here.parked(decided(message(), hand_tag(), tried(sync::park_attempts - 1)), true);
    CHECK_FALSE(plan.parked.at(0).next_attempt_at);
    REQUIRE(plan.write_backs.size() == 1);
    CHECK(plan.write_backs[0].desired.state == StateCategory::failed);
    REQUIRE(plan.decisions.size() == 1);
    CHECK(plan.decisions[0].outcome == Outcome::failed);
}

TEST_CASE("what no retry can help is answered at once")
{
    const Planning here;
    Decision by_inbox_rule = decision(Outcome::tracked, Rule::rule_tag);
    for (const Decision& wish : {hand_tag(), by_inbox_rule}) {
        const Plan plan = here.parked(decided(message(), wish), false);
        CHECK_FALSE(plan.parked.at(0).next_attempt_at);
        REQUIRE(plan.write_backs.size() == 1);
        CHECK(plan.write_backs[0].desired.state == StateCategory::failed);
    }
}

TEST_CASE("whose wish the tag was is kept with the item that is put aside")
{
    const Planning here;
    CHECK_FALSE(here.parked(decided(message(), hand_tag()), true).parked.at(0).came_tagged);
    for (const Rule rule : {Rule::rule_tag, Rule::regarding_category, Rule::identity})
        CHECK(here.parked(decided(message(), decision(Outcome::tracked, rule)), true)
                  .parked.at(0)
                  .came_tagged);
    CHECK_FALSE(here.parked(decided(message(), decision(Outcome::tracked, Rule::mode_all)), true)
                    .parked.at(0)
                    .came_tagged);
}

TEST_CASE("where nobody asked, a failure is not shown in the mailbox")
{
    const Planning here;
    const Plan plan =
        here.parked(decided(message(), decision(Outcome::tracked, Rule::exact_address)), false);
    CHECK(plan.parked.size() == 1);
    CHECK(plan.write_backs.empty());
    REQUIRE(plan.events.size() == 1);
    CHECK(plan.events[0].name == "item_parked");
    CHECK(plan.events[0].level == "warn");
}

TEST_CASE("an item that was given up and is asked for again has all its retries again")
{
    const Planning here;
    const Plan plan = here.parked(decided(message(), hand_tag(), tried(sync::park_attempts)), true);
    CHECK(plan.parked.at(0).attempts == 1);
    CHECK(plan.parked[0].next_attempt_at);
    CHECK(plan.write_backs.empty());
}

TEST_CASE("the echo of CRM Failed on an item that cannot be read is no further failure")
{
    const Planning here;
    KnownItem known = tried(sync::park_attempts);
    known.outcome = to_string(Outcome::failed);
    const Decision nobody_asks = decision(Outcome::ignored, Rule::none);
    const Plan echo =
        here.parked(decided(message().categories({"CRM Failed"}), nobody_asks, known), false);
    CHECK(echo.empty());
    // Asked for again it is one.
    const Plan again =
        here.parked(decided(message().categories({"CRM Track"}), hand_tag(), known), false);
    CHECK(again.parked.size() == 1);
}
