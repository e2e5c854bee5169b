#include "planning.hpp"
#include "sync/plan_stop.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Item answer()
{
    Item item = message()
                    .id("o1")
                    .message_id("own@x.example")
                    .in_reply_to("p1@x.example")
                    .references({"p0@x.example", "p1@x.example"});
    item.thread.conversation_id = std::string("conversation");
    return item;
}

Decision with_stop(bool set, Outcome outcome = Outcome::ignored)
{
    Decision made = decision(outcome);
    made.stop = set;
    return made;
}

} // namespace

TEST_CASE("a stopped thread is kept as HMACs of the message, its parents and its conversation")
{
    const Planning planning;
    const Plan plan = planning.decided(decided(answer(), with_stop(true)));
    REQUIRE(plan.stops.size() == 1);
    const StoppedThread& stop = plan.stops[0];
    const PrivateHash& hash = planning.hash;
    CHECK(stop.item_hmac == hash.item("o1"));
    CHECK(stop.keys ==
          std::vector<Sha256>{hash.message("own@x.example"), hash.message("p1@x.example"),
                              hash.message("p0@x.example"), hash.conversation("conversation")});
    CHECK(stop.conversation == hash.conversation("conversation"));
    CHECK(plan.ended_stops.empty());
    REQUIRE(plan.events.size() == 1);
    CHECK(plan.events[0].name == "thread_stopped");
    CHECK(plan.events[0].detail_json == "{}");
}

TEST_CASE("CRM Stop that was taken off ends what this item stopped")
{
    const Planning planning;
    const Plan plan = planning.decided(decided(answer(), with_stop(false)));
    CHECK(plan.stops.empty());
    CHECK(plan.ended_stops == std::vector<Sha256>{planning.hash.item("o1")});
    REQUIRE(plan.events.size() == 1);
    CHECK(plan.events[0].name == "stop_ended");
    CHECK_FALSE(plan.empty());
}

TEST_CASE("CRM Stop beside CRM Track stops the thread of what is stored")
{
    const Planning planning;
    Decision both = hand_tag();
    both.stop = true;
    CHECK(planning.tracked(decided(answer(), both)).stops.size() == 1);
}

TEST_CASE("CRM Stop counts also on an item whose own category is to be taken off the CRM")
{
    const Planning planning;
    Decision untracks = with_stop(true, Outcome::tracked);
    untracks.stage_untrack = true;
    const Plan plan = planning.decided(decided(answer(), untracks, known().linked()));
    CHECK(plan.stops.size() == 1);
    CHECK(plan.staged.size() == 1);
}
