#include "unit/sync/planning.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// As the store knows a linked item that nothing has happened to.
Item unchanged() { return message().version("v0").categories({"CRM Tracked"}); }

Decision nothing_new() { return decision(Outcome::tracked); }

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("a linked item of which nothing is new leaves nothing to write")
{
    CHECK(Planning().decided(decided(unchanged(), nothing_new(), known().linked())).empty());
}

TEST_CASE("a link learns version, folder, and that its item is back")
{
    const Planning here;
    KnownItem gone = known().linked();
    gone.link->gone = true;
    const Item moved = message().version("v1").folder("archive").categories({"CRM Tracked"});
    const Plan plan = here.decided(decided(moved, nothing_new(), gone));
    REQUIRE(plan.links.size() == 1);
    CHECK(plan.links[0].item_id == "item-1");
    CHECK(plan.links[0].version == Version("v1"));
    CHECK(plan.links[0].folder == FolderId("archive"));
    CHECK(plan.links[0].gone == false);
    CHECK_FALSE(plan.links[0].category_seen);
    CHECK(plan.decisions.empty());
}

TEST_CASE("our category on the item proves that it was written")
{
    const Planning here;
    const Plan plan = here.decided(
        decided(unchanged(), nothing_new(), known().linked().seen(StateCategory::none)));
    REQUIRE(plan.links.size() == 1);
    CHECK(plan.links[0].category_seen == StateCategory::tracked);
    // Its absence proves nothing.
    CHECK(here.decided(decided(message().version("v0"), nothing_new(), known().linked()))
              .links.empty());
}

TEST_CASE("a category taken off is staged once, and keeps no other promise")
{
    const Planning here;
    Decision taken_off = nothing_new();
    taken_off.stage_untrack = true;
    const Plan plan = here.decided(decided(message(), taken_off, known().linked()));
    CHECK(plan.staged == Ids{"item-1"});
    CHECK(plan.unstaged.empty());
    CHECK(plan.dropped_write_backs.empty());
    CHECK(plan.write_backs.empty());
    CHECK(here.decided(decided(message(), taken_off, known().linked().staged())).staged.empty());

    taken_off.withdrawn = true;
    CHECK(here.decided(decided(message(), taken_off, known().linked())).dropped_write_backs ==
          Ids{"item-1"});
}

TEST_CASE("a category that is back takes the item off the stage, silence does not")
{
    const Planning here;
    CHECK(here.decided(decided(unchanged(), nothing_new(), known().linked().staged())).unstaged ==
          Ids{"item-1"});
    const Item silent = message().version("v0").categories_not_said();
    CHECK(here.decided(decided(silent, nothing_new(), known().linked().staged())).empty());
}

TEST_CASE("a hand tag on what a rule had linked takes link and ownership over")
{
    const Planning here;
    const Item tagged = message().at(monday(4)).categories({"CRM Track"});
    const Plan plan = here.decided(decided(tagged, hand_tag(), known().linked().by_rule()));
    REQUIRE(plan.hand_tags.size() == 1);
    const HandTag& tag = plan.hand_tags[0];
    CHECK(tag.item_id == "item-1");
    CHECK(tag.activity == activity_id(1));
    CHECK(tag.rule == "hand_tag");
    CHECK(tag.claim.by_person);
    CHECK(tag.claim.owner == record_id(90));
    CHECK(tag.claim.at == monday(4));
    CHECK(tag.claim.address == "kim@contoso.example");
    CHECK(plan.write_backs.size() == 1);
    REQUIRE(plan.decisions.size() == 1);
    CHECK(plan.decisions[0].rule == "hand_tag");
}

TEST_CASE("a second hand tag, or a rule's, claims nothing")
{
    const Planning here;
    const Item tagged = message().categories({"CRM Track"});
    CHECK(here.decided(decided(tagged, hand_tag(), known().linked())).hand_tags.empty());
    Decision by_rule = hand_tag();
    by_rule.by_person = false;
    by_rule.rule = Rule::rule_tag;
    CHECK(here.decided(decided(tagged, by_rule, known().linked().by_rule())).hand_tags.empty());
}

TEST_CASE("a person's label changes the regarding of what is stored")
{
    const Planning here;
    Decision labelled = decision(Outcome::tracked, Rule::regarding_category);
    labelled.by_person = true;
    labelled.regarding = record_id(5);
    labelled.regarding_by_person = true;
    labelled.answer.regarding = "CRM: Adventure Works";
    labelled.writes_answer = true;
    const Plan plan = here.decided(decided(unchanged(), labelled, known().linked()));
    REQUIRE(plan.regardings.size() == 1);
    CHECK(plan.regardings[0].activity == activity_id(1));
    CHECK(plan.regardings[0].regarding == record_id(5));
    CHECK(plan.regardings[0].regarding_category == "CRM: Adventure Works");
    CHECK(plan.write_backs.size() == 1);
}

TEST_CASE("a label taken off clears the regarding and owes nothing")
{
    const Planning here;
    Decision cleared = decision(Outcome::tracked, Rule::regarding_category);
    cleared.by_person = true;
    cleared.regarding_cleared = true;
    const Plan plan = here.decided(
        decided(unchanged(), cleared, known().linked().about(5, "CRM: Adventure Works")));
    REQUIRE(plan.regardings.size() == 1);
    CHECK_FALSE(plan.regardings[0].regarding);
    CHECK_FALSE(plan.regardings[0].regarding_category);
    CHECK(plan.write_backs.empty());
}

TEST_CASE("an item whose copy a person removed wants no body unless it is asked for again")
{
    const KnownItem tombstone = known().linked().removed_from_crm();
    CHECK(decided(unchanged(), hand_tag(), tombstone).wants_body());
    CHECK_FALSE(decided(unchanged(), nothing_new(), tombstone).wants_body());
    CHECK_FALSE(decided(unchanged(), hand_tag(), known().linked()).wants_body());
    CHECK(decided(message(), hand_tag()).wants_body());
    CHECK_FALSE(decided(message(), decision(Outcome::refused, Rule::hand_tag)).wants_body());
    CHECK_FALSE(decided(message(), decision(Outcome::ignored)).wants_body());
}
