#include "unit/match/wish_rows.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

// Items without a link that have had an answer: refused, untracked, purged.

TEST_CASE("a refused wish can be repeated or dismissed, and is asked once")
{
    const auto private_mail = [](std::vector<std::string> categories) {
        return message().sensitivity(Sensitivity::personal).categories(std::move(categories));
    };
    check({
        {"refused",
         private_mail({"CRM Track"}),
         {},
         later(),
         "refused gate_sensitivity by person, answers refused"},
        {"read again before the answer was written", private_mail({"CRM Track"}),
         known().outcome("refused").owed(StateCategory::refused), later(), "refused"},
        {"read again with a tag that came before the answer", private_mail({"CRM: X", "CRM Track"}),
         known().outcome("refused").owed(StateCategory::refused).carried({"CRM: X"}), later(),
         "refused gate_sensitivity by person, answers refused"},
        {"answered", private_mail({"CRM Refused"}), known().outcome("refused"), later(), "ignored"},
        {"repeated", private_mail({"CRM Refused", "CRM Track"}), known().outcome("refused"),
         later(), "refused gate_sensitivity by person, answers refused"},
        {"dismissed", private_mail({}), known().outcome("refused"), later(), "ignored"},
        {"taken back before the answer", private_mail({}),
         known().outcome("refused").owed(StateCategory::refused), later(), "ignored, withdrawn"},
        {"a failed one, dismissed", message(), known().outcome("failed").parked(), later(),
         "ignored"},
        {"a failed one, repeated", message().categories({"CRM Failed", "CRM Track"}),
         known().outcome("failed"), later(), "tracked hand_tag by person, answers tracked"},
        {"a failed one with its label", message().categories({"CRM Failed", "CRM: X"}),
         known().outcome("failed"), later(), "ignored"},
    });
}

TEST_CASE("a state that a user sets on an item without a link is no wish, and goes")
{
    const auto carrying = [](std::vector<std::string> categories) {
        return message().categories(std::move(categories));
    };
    const auto orphan = [] {
        KnownItem known_orphan = known().outcome("ignored");
        known_orphan.orphan = true;
        return known_orphan;
    };
    check({
        {"CRM Refused on an ignored one", carrying({"CRM Refused"}), known().outcome("ignored"),
         later(), "ignored, answers none"},
        {"CRM Failed on a refused one", carrying({"CRM Refused", "CRM Failed"}),
         known().outcome("refused"), later(), "ignored, answers refused"},
        {"CRM Failed in the place of CRM Refused", carrying({"CRM Failed"}),
         known().outcome("refused"), later(), "ignored, answers none"},
        {"CRM Review on a failed one", carrying({"CRM Failed", "CRM Review"}),
         known().outcome("failed"), later(), "ignored, answers failed"},
        {"CRM Review on an untracked one", carrying({"CRM Review"}),
         known().outcome("untracked").pinned(), later(), "untracked pinned, answers none"},
        {"a new tag that failed on an untracked one", carrying({"CRM Failed"}),
         known().outcome("untracked").pinned(), later(), "untracked pinned"},
        {"an inbox rule's tag refused on an untracked one", carrying({"CRM Refused"}),
         known().outcome("untracked").pinned(), later(), "untracked pinned"},
        {"of which nothing is remembered", carrying({"CRM Refused"}), {}, later(), "ignored"},
        {"from before the first pass", carrying({"CRM Refused"}), orphan(), later(),
         "ignored orphan_category, orphan"},
        {"ten times today", carrying({"CRM Refused"}), known().outcome("ignored").corrected(10),
         later(), "ignored"},
        {"a wish while a correction is owed", carrying({"CRM Track"}),
         known().outcome("ignored").owed(StateCategory::none), later(),
         "tracked hand_tag by person, answers tracked"},
        {"nothing new while a correction is owed", carrying({"CRM Refused"}),
         known().outcome("ignored").owed(StateCategory::none), later(), "ignored"},
        {"the refused wish repeated by a program",
         carrying({"CRM Refused", "CRM Track"}).sensitivity(Sensitivity::personal),
         known().outcome("refused").corrected(10), later(), "refused gate_sensitivity by person"},
    });
}

TEST_CASE("an inbox rule's tag refused by a gate does not turn into a hand tag")
{
    check({{"read again before the answer was written", internal(),
            known().outcome("refused").owed(StateCategory::refused), later(), "refused"}});
}

TEST_CASE("no rule brings an untracked message back, a new tag does")
{
    const auto untracked = known().outcome("untracked").pinned();
    KnownItem itself = known().pinned();
    itself.pinned_itself = true;
    check({
        {"by mode", message(), untracked, later(Mode::all), "untracked pinned"},
        {"nobody asks", message(), untracked, later(), "untracked pinned"},
        {"moved or given another's category", message().categories({"Red"}), untracked, later(),
         "untracked pinned"},
        {"a new tag", tagged(), untracked, later(), "tracked hand_tag by person, answers tracked"},
        {"CRM Tracked set again", message().categories({"CRM Tracked"}), untracked, later(),
         "tracked tracked_by_hand by person"},
        {"while our own removal of the category waits", message().categories({"CRM Tracked"}),
         known().outcome("untracked").pinned().owed(StateCategory::none), later(), "untracked"},
        {"a label that was left on it", message().categories({"CRM: Adventure Works"}),
         known().outcome("untracked").pinned().read_with({"CRM: Adventure Works"}), later(),
         "untracked pinned"},
        {"a label that was set since", message().categories({"CRM: Adventure Works"}), untracked,
         later(), "tracked regarding_category by person, answers review"},
        {"a label that came with a copy of it", message().categories({"CRM: Adventure Works"}),
         known().pinned(), later(), "untracked pinned"},
        {"a label that was set when the decision had aged out",
         message().categories({"CRM: Adventure Works"}), itself, later(),
         "tracked regarding_category by person, answers review"},
        {"an inbox rule's tag taken back before it was refused", message(),
         known().outcome("untracked").pinned().owed(StateCategory::refused), later(),
         "untracked pinned, withdrawn"},
        {"a redelivered copy that an inbox rule tags", tagged(), known().pinned(), here(),
         "untracked pinned, answers refused"},
    });
    check({{"removed from the CRM through another mailbox, by mode",
            message(),
            {},
            here(Mode::all),
            "untracked pinned"},
           {"removed through another mailbox, tagged by a person here",
            tagged(),
            {},
            later(),
            "tracked hand_tag by person, answers tracked"}},
          customers().stored("own@adventure.example").removed());
}

TEST_CASE("labels left on a copy that was purged ask for nothing while they stand")
{
    const auto purged = [] { return known().outcome("ignored").read_with({"CRM: Fabrikam"}); };
    const auto labelled = [](std::vector<std::string> categories) {
        return message().categories(std::move(categories));
    };
    const char* const asks = "tracked regarding_category by person, answers review";
    check({
        {"still there", labelled({"CRM: Fabrikam"}), purged(), later(), "ignored"},
        {"in mode all", labelled({"CRM: Fabrikam"}), purged(), later(Mode::all),
         "tracked exact_address, answers review"},
        {"tagged", labelled({"CRM: Fabrikam", "CRM Track"}), purged(), later(),
         "tracked hand_tag by person, answers review"},
        {"gone", labelled({"Blue"}), purged(), later(), "ignored"},
        {"gone, and set again", labelled({"CRM: Fabrikam"}), known().outcome("ignored"), later(),
         asks},
        {"another one beside it", labelled({"CRM: Fabrikam", "CRM: X"}), purged(), later(), asks},
    });
}
