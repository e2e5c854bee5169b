#include "match/categories.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

struct Row {
    const char* situation;
    Item item;
    KnownItem known;
    const char* expected;
};

Candidates with_labels()
{
    return customers()
        .label_by_name("fabrikam", {2})
        .label_by_name("adventure works", {1})
        .label_by_prefix("f", {2, 21})
        .label_by_name("nowhere", {});
}

void check(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(in_words(decide(row.item, row.known, with_labels(), later(Mode::all))) ==
              row.expected);
    }
}

MessageBuilder carrying(std::vector<std::string> categories)
{
    return message().categories(std::move(categories));
}

} // namespace

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
         known()
             .linked()
             .by_rule()
             .seen(StateCategory::none)
             .removed_from_crm()
             .owed(StateCategory::none)
             .carried({}),
         taken_over},
        {"an inbox rule's, while we take ours off before it was written", carrying({"CRM Track"}),
         known()
             .linked()
             .by_rule()
             .seen(StateCategory::none)
             .removed_from_crm()
             .owed(StateCategory::none)
             .carried({"CRM Track"}),
         "untracked pinned"},
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

TEST_CASE("a label added to a linked item changes its regarding")
{
    const Decision added = decide(carrying({"CRM Tracked", "CRM: Fabrikam"}), known().linked(),
                                  with_labels(), later());
    CHECK(in_words(added) == "tracked regarding_category by person");
    CHECK(added.regarding == record_id(2));
    CHECK(added.regarding_by_person);
    CHECK(added.answer.regarding == std::optional<std::string>("CRM: Fabrikam"));

    const Decision changed =
        decide(carrying({"CRM: Adventure Works", "CRM Tracked", "CRM: Fabrikam"}),
               known().about(1, "CRM: Adventure Works"), with_labels(), later());
    CHECK(in_words(changed) == "tracked regarding_category by person, answers tracked");
    CHECK(changed.regarding == record_id(2));
    CHECK(match::apply(changed.answer, {"CRM: Adventure Works", "CRM Tracked", "CRM: Fabrikam"},
                       contoso_policy()) ==
          std::vector<std::string>{"CRM Tracked", "CRM: Fabrikam"});

    const Decision replaced =
        decide(carrying({"CRM Tracked", "CRM: Fabrikam"}), known().about(1, "CRM: Adventure Works"),
               with_labels(), later());
    CHECK(replaced.regarding == record_id(2));
    CHECK_FALSE(replaced.regarding_cleared);
}

TEST_CASE("a label taken off clears the regarding, never the tracking")
{
    const Decision cleared = decide(carrying({"CRM Tracked"}), known().about(2, "CRM: Fabrikam"),
                                    with_labels(), later());
    CHECK(in_words(cleared) == "tracked regarding_category by person, clears regarding");
    CHECK_FALSE(cleared.regarding);
    CHECK_FALSE(cleared.stage_untrack);
    // A regarding that no label shows is not cleared by there being none.
    CHECK(in_words(decide(carrying({"CRM Tracked"}), known().about(2), with_labels(), later())) ==
          "tracked");
}

TEST_CASE("a label on a linked item that leads nowhere or to several asks for review")
{
    check({
        {"no hit", carrying({"CRM Tracked", "CRM: Nowhere"}), known().linked(),
         "tracked regarding_category by person, answers review"},
        {"several hits", carrying({"CRM Tracked", "CRM: F"}), known().linked(),
         "tracked regarding_category by person, answers review"},
        {"two at once", carrying({"CRM Tracked", "CRM: Fabrikam", "CRM: Adventure Works"}),
         known().linked(), "tracked regarding_category by person, answers review"},
        {"asked already", carrying({"CRM Review", "CRM: Nowhere"}),
         known().seen(StateCategory::review), "tracked"},
        {"asked, and now understood", carrying({"CRM Review", "CRM: Fabrikam"}),
         known().seen(StateCategory::review),
         "tracked regarding_category by person, answers tracked"},
        {"asked, and the label is gone: nothing else is in question", carrying({"CRM Review"}),
         known().seen(StateCategory::review), "tracked, answers tracked"},
        {"asked, and gone again beside the one that was answered",
         carrying({"CRM Review", "CRM: Fabrikam"}),
         known().seen(StateCategory::review).about(2, "CRM: Fabrikam"), "tracked, answers tracked"},
        {"asked, and still there beside the one that was answered",
         carrying({"CRM Review", "CRM: Fabrikam", "CRM: Nowhere"}),
         known().seen(StateCategory::review).about(2, "CRM: Fabrikam"), "tracked"},
        {"asked, and the one that was answered is gone", carrying({"CRM Review", "CRM: Nowhere"}),
         known().seen(StateCategory::review).about(2, "CRM: Fabrikam"),
         "tracked regarding_category by person, clears regarding"},
    });
}

TEST_CASE("Review taken off beside a label that was not understood stages an untrack")
{
    const auto asked = [] {
        return known().seen(StateCategory::review).read_with({"CRM: Nowhere"});
    };
    const char* const asks = "tracked regarding_category by person, answers review";
    check({
        {"the label stands as it did", carrying({"CRM: Nowhere", "Blue"}), asked(),
         "tracked, stages untrack"},
        {"beside the one that was answered", carrying({"CRM: Fabrikam", "CRM: Nowhere"}),
         known()
             .seen(StateCategory::review)
             .about(2, "CRM: Fabrikam")
             .read_with({"CRM: Fabrikam", "CRM: Nowhere"}),
         "tracked, stages untrack"},
        {"another label instead", carrying({"CRM: F"}), asked(), asks},
        {"another label besides", carrying({"CRM: Nowhere", "CRM: F"}), asked(), asks},
        {"another label instead, which is understood", carrying({"CRM: Fabrikam"}), asked(),
         "tracked regarding_category by person, answers tracked"},
        {"one of two labels is left, which is the choice", carrying({"CRM: Fabrikam"}),
         known().seen(StateCategory::review).read_with({"CRM: Fabrikam"}, true),
         "tracked regarding_category by person, answers tracked"},
        {"Tracked set in its place", carrying({"CRM Tracked", "CRM: Nowhere"}), asked(), asks},
        {"the question was never written", carrying({"CRM: Nowhere"}),
         asked().seen(StateCategory::none), asks},
        {"Review is there, and its label understood by now",
         carrying({"CRM Review", "CRM: Fabrikam"}),
         known().seen(StateCategory::review).read_with({"CRM: Fabrikam"}),
         "tracked regarding_category by person, answers tracked"},
    });
}

TEST_CASE("a label that is understood replaces those that were not")
{
    const std::vector<std::string> categories{"CRM: Nowhere", "CRM: F", "CRM Review", "Blue",
                                              "CRM: Fabrikam"};
    const auto asked = known().seen(StateCategory::review).read_with({"CRM: Nowhere", "CRM: F"});
    const Decision decision = decide(carrying(categories), asked, with_labels(), later());
    CHECK(in_words(decision) == "tracked regarding_category by person, answers tracked");
    CHECK(decision.regarding == record_id(2));
    CHECK(match::apply(decision.answer, categories, contoso_policy()) ==
          std::vector<std::string>{"Blue", "CRM: Fabrikam", "CRM Tracked"});
    check({
        {"two new ones ask which", carrying({"CRM: F", "CRM Review", "CRM: Fabrikam", "CRM: X"}),
         known().seen(StateCategory::review).read_with({"CRM: F"}), "tracked"},
        {"CRM Track with it", carrying({"CRM: F", "CRM Review", "CRM: Fabrikam", "CRM Track"}),
         known().seen(StateCategory::review).read_with({"CRM: F"}),
         "tracked hand_tag by person, answers tracked"},
    });
}

TEST_CASE("a label that leads nowhere clears the regarding of the one it replaces, and of no other")
{
    const auto beside = [](std::vector<std::string> categories) {
        return decide(carrying(std::move(categories)), known().about(1, "CRM: Adventure Works"),
                      with_labels(), later());
    };
    const Decision added = beside({"CRM Tracked", "CRM: Adventure Works", "CRM: Nowhere"});
    CHECK(in_words(added) == "tracked regarding_category by person, answers review");
    const Decision replaced = beside({"CRM Tracked", "CRM: Nowhere"});
    CHECK(in_words(replaced) ==
          "tracked regarding_category by person, clears regarding, answers review");
    CHECK_FALSE(replaced.regarding);
}

TEST_CASE("a question answered elsewhere ends the review")
{
    const Candidates ambiguous = customers();
    const Item both = carrying({"CRM Review"}).cc("bo@fabrikam.example");
    CHECK(in_words(decide(both, known().seen(StateCategory::review), ambiguous, later())) ==
          "tracked");
    CHECK(in_words(decide(both, known().seen(StateCategory::review).about(1), ambiguous,
                          later())) == "tracked, answers tracked");
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
