#include "unit/match/linked.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("an echo of what was answered costs nothing")
{
    check({
        {"tracked", carrying({"CRM Tracked", "Blue"}), known().linked(), "tracked"},
        {"in review, and several records still fit",
         carrying({"CRM Review"}).cc("bo@fabrikam.example"), known().seen(StateCategory::review),
         "tracked"},
        {"tracked with its label", carrying({"CRM Tracked", "CRM: Fabrikam"}),
         known().about(2, "CRM: Fabrikam"), "tracked"},
        {"the label in another case", carrying({"CRM Tracked", "crm: FABRIKAM"}),
         known().about(2, "CRM: Fabrikam"), "tracked"},
        {"read again before the answer was written", carrying({"CRM Track"}),
         known().seen(StateCategory::none).owed(StateCategory::tracked), "tracked"},
        {"a label beside a tag that is not answered yet", carrying({"CRM Track", "CRM: Fabrikam"}),
         known().seen(StateCategory::none).owed(StateCategory::tracked), "tracked"},
        {"tracked by a rule, before the answer was written", carrying({}),
         known().seen(StateCategory::none).by_rule().owed(StateCategory::tracked), "tracked"},
        {"categories not said", message().categories_not_said(), known().linked(), "tracked"},
        {"categories not said while in review", message().categories_not_said(),
         known().seen(StateCategory::review), "tracked"},
        {"never answered here", carrying({}), known().seen(StateCategory::none), "tracked"},
    });
}

TEST_CASE("CRM Track on a linked item is answered again")
{
    check({
        {"added to CRM Tracked", carrying({"CRM Tracked", "CRM Track"}), known().linked(),
         "tracked hand_tag by person, answers tracked"},
        {"instead of CRM Tracked", carrying({"CRM Track"}), known().linked(),
         "tracked hand_tag by person, answers tracked"},
        {"on an item that a rule tracked", carrying({"CRM Tracked", "CRM Track"}),
         known().linked().by_rule(), "tracked hand_tag by person, answers tracked"},
    });
    const Decision decision = decide(carrying({"CRM Track", "CRM: Fabrikam"}),
                                     known().about(2, "CRM: Fabrikam"), with_labels(), later());
    CHECK_FALSE(decision.regarding);
    CHECK_FALSE(decision.regarding_cleared);
    CHECK(decision.answer.regarding == std::optional<std::string>("CRM: Fabrikam"));
}

TEST_CASE("CRM Track that came after what is owed was decided is a person's")
{
    const char* const taken_over = "tracked hand_tag by person, answers tracked";
    const auto pending = [] {
        return known().seen(StateCategory::none).owed(StateCategory::tracked);
    };
    const auto taking_off = [] {
        return known()
            .by_rule()
            .seen(StateCategory::none)
            .removed_from_crm()
            .owed(StateCategory::none);
    };
    check({
        {"on what a rule tracked, before that was answered", carrying({"CRM Track"}),
         pending().by_rule().carried({"Blue"}), taken_over},
        {"on a shared copy, before that was answered", carrying({"CRM Track"}),
         pending().shared().carried({}), taken_over},
        {"an inbox rule's tag, and the item was only read", carrying({"CRM Track"}),
         pending().by_rule().carried({"CRM Track"}), "tracked"},
        {"an inbox rule's tag under the ceiling, and the item was only read",
         carrying({"CRM Track", "Red"}), pending().shared().carried({"crm track"}), "tracked"},
        {"while we take ours off", carrying({"CRM Tracked", "CRM Track"}),
         known().linked().by_rule().removed_from_crm().owed(StateCategory::none), taken_over},
        {"while we take ours off before it was written", carrying({"CRM Track"}),
         taking_off().carried({}), taken_over},
        {"an inbox rule's, while we take ours off before it was written", carrying({"CRM Track"}),
         taking_off().carried({"CRM Track"}), "untracked pinned"},
        {"by who tagged it before", carrying({"CRM Tracked", "CRM Track"}),
         known().linked().owed(StateCategory::tracked).carried({"CRM Tracked"}), "tracked"},
    });
}

TEST_CASE("what a tag overtakes is written with its answer")
{
    const Decision relabelled =
        decide(carrying({"CRM: Adventure Works", "CRM: Fabrikam", "CRM Tracked", "CRM Track"}),
               known()
                   .about(2, "CRM: Fabrikam")
                   .by_rule()
                   .owed(StateCategory::tracked)
                   .takes_off("CRM: Adventure Works")
                   .carried({"CRM: Adventure Works", "CRM: Fabrikam", "CRM Tracked"}),
               with_labels(), later());
    CHECK(in_words(relabelled) == "tracked hand_tag by person, answers tracked");
    CHECK_FALSE(relabelled.regarding);
    CHECK(relabelled.answer.take_off == std::vector<std::string>{"CRM: Adventure Works"});
    CHECK(relabelled.answer.regarding == std::optional<std::string>("CRM: Fabrikam"));

    const Decision put_back =
        decide(carrying({"CRM Track"}),
               known().about(2, "CRM: Fabrikam").by_rule().restoring().carried({}), with_labels(),
               later());
    CHECK_FALSE(put_back.regarding_cleared);
    CHECK(put_back.answer.restore);
    CHECK(put_back.answer.regarding == std::optional<std::string>("CRM: Fabrikam"));
}

TEST_CASE("a linked item says one thing of ours, and a true one")
{
    check({
        {"CRM Refused beside CRM Tracked", carrying({"CRM Tracked", "CRM Refused"}),
         known().linked(), "tracked, answers tracked"},
        {"CRM Failed beside CRM Review",
         carrying({"CRM Review", "CRM Failed"}).cc("bo@fabrikam.example"),
         known().seen(StateCategory::review), "tracked, answers review"},
        {"CRM Review beside CRM Tracked", carrying({"CRM Tracked", "CRM Review"}), known().linked(),
         "tracked, answers tracked"},
        {"while something is owed", carrying({"CRM Tracked", "CRM Refused"}),
         known().linked().owed(StateCategory::tracked), "tracked"},
        {"nine times today", carrying({"CRM Tracked", "CRM Refused"}),
         known().linked().corrected(9), "tracked, answers tracked"},
        {"ten times today", carrying({"CRM Tracked", "CRM Refused"}),
         known().linked().corrected(10), "tracked"},
        {"CRM Track ten times today", carrying({"CRM Tracked", "CRM Track"}),
         known().linked().corrected(10), "tracked hand_tag by person"},
    });
}

TEST_CASE("our category taken off a linked item stages an untrack, never more")
{
    check({
        {"CRM Tracked gone", carrying({"Blue"}), known().linked(), "tracked, stages untrack"},
        {"CRM Review gone", carrying({}), known().seen(StateCategory::review),
         "tracked, stages untrack"},
        {"said to have no categories at all", carrying({}), known().linked().by_rule(),
         "tracked, stages untrack"},
        {"staged already", carrying({}), known().linked().staged(), "tracked, stages untrack"},
        {"held since", carrying({}), known().linked().held("guard_many"),
         "held guard_many, stages untrack"},
        {"held since, and back again", carrying({"CRM Tracked"}),
         known().linked().held("guard_category"), "tracked"},
        {"to be put back, and not written yet", carrying({}), known().linked().restoring(),
         "tracked"},
        {"to be put back on what a person tagged", carrying({}),
         known().seen(StateCategory::none).restoring(), "tracked"},
        {"to be put back with its label", carrying({"CRM Tracked"}),
         known().about(2, "CRM: Fabrikam").restoring(), "tracked"},
        {"staged, and back again", carrying({"CRM Tracked"}), known().linked().staged(), "tracked"},
        {"with its label", carrying({}), known().about(2, "CRM: Fabrikam"),
         "tracked, stages untrack"},
        {"the label stays behind", carrying({"CRM: Fabrikam"}), known().about(2, "CRM: Fabrikam"),
         "tracked, stages untrack"},
        {"we take it off ourselves", carrying({}), known().linked().owed(StateCategory::none),
         "tracked"},
        {"while another answer waits, which must not put it back", carrying({"CRM: Fabrikam"}),
         known().about(2, "CRM: Fabrikam").owed(StateCategory::tracked),
         "tracked, stages untrack, withdrawn"},
        {"replaced by the other of ours", carrying({"CRM Review"}), known().linked(), "tracked"},
        {"replaced by a new label", carrying({"CRM: Fabrikam"}), known().linked(),
         "tracked regarding_category by person, answers tracked"},
    });
    Item null_categories = message();
    null_categories.categories = Said<std::vector<std::string>>::empty();
    CHECK(in_words(decide(null_categories, known().linked(), with_labels(), later())) ==
          "tracked, stages untrack");
}

TEST_CASE("a wish taken back after the commit and before the answer untracks")
{
    const auto pending = [] {
        return known().seen(StateCategory::none).owed(StateCategory::tracked);
    };
    check({
        {"the tag is gone", carrying({"Blue"}), pending(), "tracked, stages untrack, withdrawn"},
        {"the tag is there", carrying({"CRM Track"}), pending(), "tracked"},
        {"a rule tracked it: there never was a tag", carrying({}),
         pending().by_rule().carried({"Blue"}), "tracked"},
        {"an inbox rule's tag is gone", carrying({}), pending().by_rule().carried({"CRM Track"}),
         "tracked, stages untrack, withdrawn"},
        {"what was refused once and is tracked now was dismissed", carrying({}),
         pending().by_rule().carried({"CRM Refused"}), "tracked"},
        {"an inbox rule's tag under the ceiling is gone from a shared copy", carrying({}),
         pending().shared().carried({"CRM Track"}), "tracked"},
        {"an inbox rule's tag is there", carrying({"CRM Track"}),
         pending().by_rule().carried({"CRM Track"}), "tracked"},
        {"an inbox rule's label is gone", carrying({"Blue"}),
         pending().by_rule().about(2, "CRM: Fabrikam").carried({"CRM: Fabrikam"}),
         "tracked, stages untrack, withdrawn"},
        {"the tag is gone after the answer could not be written", carrying({}),
         known().seen(StateCategory::none).carried({"CRM Track"}),
         "tracked, stages untrack, withdrawn"},
        {"what could not be written was no answer to a tag", carrying({}),
         known().seen(StateCategory::none).by_rule().carried({}), "tracked"},
        {"a label that asked is still there", carrying({"CRM: Fabrikam"}),
         pending().about(2, "CRM: Fabrikam"), "tracked"},
        {"the label that asked is gone", carrying({}), pending().about(2, "CRM: Fabrikam"),
         "tracked, stages untrack, withdrawn"},
    });
}

TEST_CASE("what was removed from the CRM comes back by a new tag only")
{
    const auto removed = [] { return known().linked().removed_from_crm(); };
    check({
        {"in mode all, back in the mailbox with our category", carrying({"CRM Tracked", "Blue"}),
         removed(), "untracked pinned, answers none"},
        {"our own removal waits", carrying({"CRM Tracked"}), removed().owed(StateCategory::none),
         "untracked pinned"},
        {"our category is off", carrying({}), removed().seen(StateCategory::none),
         "untracked pinned"},
        {"tagged again", carrying({"CRM Track"}), removed().seen(StateCategory::none),
         "tracked hand_tag by person, answers tracked"},
        {"CRM Tracked set again", carrying({"CRM Tracked"}), removed().seen(StateCategory::none),
         "tracked tracked_by_hand by person"},
        {"a label that our removal left", carrying({"CRM: Nowhere"}),
         removed().seen(StateCategory::none).read_with({"CRM: Nowhere"}), "untracked pinned"},
        {"a label beside the one that our removal left",
         carrying({"CRM: Nowhere", "CRM: Fabrikam"}),
         removed().seen(StateCategory::none).read_with({"CRM: Nowhere"}),
         "tracked regarding_category by person, answers tracked"},
        {"a label after our removal", carrying({"CRM: Fabrikam"}),
         removed().seen(StateCategory::none),
         "tracked regarding_category by person, answers tracked"},
        {"the label that was answered", carrying({"CRM: Fabrikam"}),
         removed().about(2, "CRM: Fabrikam").seen(StateCategory::none).read_with({"CRM: Fabrikam"}),
         "untracked pinned"},
        {"the label that was answered, taken off and set again", carrying({"CRM: Fabrikam"}),
         removed().about(2, "CRM: Fabrikam").seen(StateCategory::none),
         "tracked regarding_category by person, answers tracked"},
    });
}
