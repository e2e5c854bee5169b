#include "planning.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

Item written(bool draft)
{
    Item item = message().id("o1").from("kim@contoso.example").to("ann@adventure.example");
    std::get<Message>(item.detail).draft = draft;
    return item;
}

Decision intends(Intent intent)
{
    Decision made = decision(Outcome::ignored);
    made.intent = std::move(intent);
    return made;
}

KnownItem with_intent()
{
    KnownItem known;
    known.intent = Intent{true, {}};
    return known;
}

} // namespace

TEST_CASE("an intent is kept with the item and its Message-ID's HMAC")
{
    const Planning planning;
    const Plan plan = planning.decided(decided(written(true), intends({true, {"CRM: Fabrikam"}})));
    REQUIRE(plan.intents.size() == 1);
    CHECK(plan.intents[0].item_id == "o1");
    CHECK(plan.intents[0].message_hmac == planning.hash.message(*written(true).thread.message_id));
    CHECK(plan.intents[0].intent == Intent{true, {"CRM: Fabrikam"}});
    CHECK(plan.write_backs.empty());
}

TEST_CASE("a draft that asks for nothing any more withdraws its intent")
{
    const Planning planning;
    const Plan plan =
        planning.decided(decided(written(true), decision(Outcome::ignored), with_intent()));
    CHECK(plan.withdrawn_intents == std::vector<std::string>{"o1"});
    CHECK(planning.decided(decided(written(true), decision(Outcome::ignored)))
              .withdrawn_intents.empty());
}

TEST_CASE("once the sent copy is decided its intent is settled")
{
    const Planning planning;
    const sync::Decided tracked = decided(written(false), hand_tag(), with_intent());
    CHECK(planning.tracked(tracked).answered_intents.size() == 1);
    const sync::Decided refused =
        decided(written(false), decision(Outcome::refused), with_intent());
    CHECK(planning.decided(refused).answered_intents.size() == 1);
    CHECK(planning.decided(decided(written(false), decision(Outcome::refused)))
              .answered_intents.empty());
}

TEST_CASE("an intent survives while the sent copy is set aside, or is owed an earlier answer")
{
    const Planning planning;
    CHECK(planning.parked(decided(written(false), hand_tag(), with_intent()), true)
              .answered_intents.empty());
    KnownItem owed = with_intent();
    owed.owed = StateCategory::tracked;
    CHECK(planning.decided(decided(written(false), decision(Outcome::tracked), owed))
              .answered_intents.empty());
}
