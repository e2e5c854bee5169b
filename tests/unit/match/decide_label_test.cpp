#include "unit/match/linked.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

// What labels on linked items change, and what they ask.

TEST_CASE("what several records fit is asked of the owner, whoever tags it")
{
    const Item both = carrying({"CRM Tracked", "CRM Track"}).cc("bo@fabrikam.example");
    const Item asked = carrying({"CRM Review"}).cc("bo@fabrikam.example");
    const auto owned = [](KnownItem item, int owner, Timestamp at) {
        item.link->owner = OwnerClaim{record_id(owner), true, at, "lee@contoso.example"};
        return item;
    };
    const char* const asks = "tracked hand_tag by person, answers review";
    const char* const answers = "tracked hand_tag by person, answers tracked";
    check({
        {"a rule's until now", both, known().shared(), asks},
        {"a colleague's, by an earlier tag", both, owned(known().shared(), 91, monday(-30)),
         answers},
        {"a colleague's, by a later tag", both, owned(known().shared(), 91, monday(600)), asks},
        {"by a later tag, though ownership has passed on", both,
         owned(known().linked(), 91, monday(600)), answers},
        {"one's own, from another mailbox", both, owned(known().shared(), 90, monday(-30)), asks},
        {"a colleague's who untracked it", both,
         owned(known().shared().removed_from_crm(), 91, monday(-30)), asks},
        {"asked before it was a colleague's", asked,
         owned(known().seen(StateCategory::review), 91, monday(-30)), "tracked, answers tracked"},
        {"a label that leads nowhere, on a colleague's", carrying({"CRM Tracked", "CRM: Nowhere"}),
         owned(known().shared(), 91, monday(-30)),
         "tracked regarding_category by person, answers review"},
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
