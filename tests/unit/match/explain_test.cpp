#include "base/text.hpp"
#include "match/explain.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

std::string explained(const Item& item, const KnownItem& known = {},
                      const Candidates& candidates = customers(),
                      const match::Circumstances& where = here())
{
    const Decision decision = decide(item, known, candidates, where);
    return join(match::explain(decision, item, candidates, contoso_policy(), where), "\n");
}

bool says(const std::string& text, const char* sentence)
{
    return text.find(sentence) != std::string::npos;
}

} // namespace

TEST_CASE("an untouched message is explained by its mode and by who takes part")
{
    const std::string text = explained(message().cc("zoe@stranger.example"));
    INFO(text);
    CHECK(says(text, "It is not tracked: nobody asked for it and no rule applies."));
    CHECK(says(text, "The mailbox is in mode manual; the ceiling is all."));
    CHECK(says(text, "ann@adventure.example (from) is contact Ann."));
    CHECK(says(text, "zoe@stranger.example (cc) is not in the CRM."));
    CHECK(says(text, "Found in from: domain owned by account: account Adventure Works."));
    CHECK(says(text, "Nothing is written to the mailbox."));
}

TEST_CASE("a hand tag is explained with what it is about and what the mailbox is told")
{
    const std::string text =
        explained(message().categories({"CRM Track", "CRM: Fabrikam"}), known().outcome("ignored"),
                  customers().label_by_name("fabrikam", {2}));
    INFO(text);
    CHECK(says(text, "It is tracked: a person set the track category."));
    CHECK(says(text, "It is about account Fabrikam, as a person said."));
    CHECK(says(text, "The mailbox is told so by \"CRM Tracked\"."));
}

TEST_CASE("a refusal names its gate and its reason")
{
    const std::string text =
        explained(message().from("noreply@adventure.example").categories({"CRM Track"}));
    INFO(text);
    CHECK(says(text, "It is refused: messages sent by programs stay out of the CRM."));
    CHECK(says(text, "Note: its sender reads no answers."));
    CHECK(says(text, "The mailbox is told so by \"CRM Refused\"."));
}

TEST_CASE("an open question is explained with the records to choose from")
{
    const std::string text = explained(
        message().cc("bo@fabrikam.example").categories({"CRM Track"}), known().outcome("ignored"));
    INFO(text);
    CHECK(says(text, "It may be about: contact Ann, contact Bo, account Adventure Works"));
    CHECK(says(text, "The mailbox is told so by \"CRM Review\"."));
}

TEST_CASE("a decision that waits for headers, and one that stages an untrack, say so")
{
    CHECK(says(explained(message().headers_unread(), {}, customers(), here(Mode::all)),
               "It is not decided yet"));
    CHECK(says(explained(message(), known().linked()), "seems to have been taken off"));
    CHECK(says(explained(message().categories({"CRM Tracked"}), known().linked()),
               "It is tracked already, and nothing about it is new."));
}

TEST_CASE("a stored decision is told as it was taken, also where its words are unknown")
{
    CHECK(match::explain_stored("refused", "gate_internal_only") ==
          "It is refused: messages among own people stay out of the CRM.");
    CHECK(match::explain_stored("tracked", "hand_tag") ==
          "It is tracked: a person set the track category.");
    CHECK(match::explain_stored("tracked", "a_rule_of_tomorrow") ==
          "It is tracked (a_rule_of_tomorrow).");
    CHECK(match::explain_stored("failed", "hand_tag", "sentDateTime is no date") ==
          "It could not be stored: sentDateTime is no date.");
    CHECK(match::explain_stored("failed", "none") == "It could not be stored.");
}

TEST_CASE("a held untrack is explained with the ways out")
{
    const std::string text = explained(message(), known().linked().held("guard_many"));
    INFO(text);
    CHECK(says(text, "It is held back: within an hour our category was taken off more items"));
    CHECK(says(text, "crmsync held confirm untracks them, crmsync held reject puts it back"));
    CHECK(says(match::explain_stored("held", "guard_category"),
               "It is held back: our category was taken off when it was gone from the mailbox's "
               "list of categories"));
}
