#include "unit/sync/planning.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Decision shared()
{
    Decision made = decision(Outcome::tracked, Rule::shared);
    made.answer.state = StateCategory::tracked;
    made.writes_answer = true;
    return made;
}

Plan planned(const sync::Decided& one)
{
    const Planning here;
    Plan plan;
    sync::plan_shared(plan, one, {}, here.facts());
    return plan;
}

} // namespace

TEST_CASE("of a copy of what another mailbox tracks no body is wanted")
{
    CHECK_FALSE(decided(message(), shared()).wants_body());
    CHECK(decided(message(), shared()).joins());
    CHECK(decided(message(), decision(Outcome::tracked, Rule::identity)).wants_body());
    CHECK_FALSE(decided(message(), shared(), known().linked()).joins());
}

TEST_CASE("such a copy joins with a link of its own, whom it names and an answer, and no claim")
{
    const Plan plan = planned(
        decided(message().message_id("m@example.com").bcc("eve@fabrikam.example"), shared()));
    REQUIRE(plan.tracked.size() == 1);
    const TrackedItem& item = plan.tracked[0];
    CHECK(item.joins);
    CHECK(item.body.empty());
    CHECK(item.tracked_by == "shared");
    CHECK(item.rule == "shared");
    CHECK_FALSE(item.by_tag());
    CHECK_FALSE(item.owner.by_person);
    CHECK(item.identity.text == "m@example.com");
    CHECK(item.parties.size() == 3);
    REQUIRE(plan.write_backs.size() == 1);
    CHECK(plan.write_backs[0].desired.state == StateCategory::tracked);
    REQUIRE(plan.decisions.size() == 1);
    CHECK(plan.decisions[0].outcome == Outcome::tracked);
}

TEST_CASE("where there is nothing to join any more, the copy is ignored and keeps no id")
{
    Plan plan = planned(decided(message(), shared()));
    const std::string item_id = plan.tracked.at(0).item_id;
    plan.leave_out(item_id);
    CHECK(plan.tracked.empty());
    CHECK(plan.write_backs.empty());
    CHECK(plan.events.empty());
    REQUIRE(plan.decisions.size() == 1);
    CHECK(plan.decisions[0].outcome == Outcome::ignored);
    CHECK(plan.decisions[0].rule == "none");
    CHECK_FALSE(plan.decisions[0].item_id);
}

TEST_CASE("what a thread says about a linked item is planned as that, and never as a person's word")
{
    const Planning here;
    Decision found = decision(Outcome::tracked);
    found.regarding = record_id(2);
    found.regarding_strength = Strength::header;
    const Plan plan = here.decided(decided(message(), found, known().linked().about(1)));
    REQUIRE(plan.found_regardings.size() == 1);
    CHECK(plan.found_regardings[0].regarding == record_id(2));
    CHECK(plan.found_regardings[0].strength == 60);
    CHECK(plan.regardings.empty());
}

TEST_CASE("a message older than the window may have copies that left no decision")
{
    const Planning here;
    const auto planned_at = [&](Timestamp at) {
        return here.tracked(decided(message().at(at), hand_tag())).tracked.at(0).before_window;
    };
    CHECK_FALSE(planned_at(here.now - std::chrono::days(29)));
    CHECK(planned_at(here.now - std::chrono::days(31)));
}
