#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

constexpr const char* id = "offer@adventure.example";

/// From a stranger to kim, and stored by another mailbox.
MessageBuilder copy() { return message().from("zoe@stranger.example").message_id(id); }
CrmBuilder tracked_elsewhere() { return customers().stored(id); }

const char* const shared = "tracked shared, answers tracked";

struct Row {
    const char* situation;
    Item item;
    KnownItem known;
    Candidates candidates;
    match::Circumstances circumstances;
    const char* expected;
};

void check(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(in_words(decide(row.item, row.known, row.candidates, row.circumstances)) ==
              row.expected);
    }
}

match::Circumstances without_sharing()
{
    auto circumstances = here();
    circumstances.show_shared = false;
    return circumstances;
}

match::Circumstances in_never_folder()
{
    auto circumstances = later();
    circumstances.listed = match::Listed::yes;
    return circumstances;
}

} // namespace

TEST_CASE("a copy of what another mailbox tracks is shared where nothing else tracks it")
{
    const Candidates stored = tracked_elsewhere();
    check({
        {"never seen", copy(), {}, stored, here(), shared},
        {"ignored before", copy(), known().outcome("ignored"), stored, later(), shared},
        {"of any age", copy().at(monday(-60 * 24 * 400)), {}, stored, here(), shared},
        {"could not be stored before", copy().categories({"CRM Failed"}), known().outcome("failed"),
         stored, later(), shared},
        {"stored nowhere", copy(), {}, customers(), here(), "ignored"},
        {"a tombstone", copy(), {}, tracked_elsewhere().removed(), here(), "ignored"},
        {"untracked here", copy(), known().pinned(), stored, later(), "untracked pinned"},
        {"not shown here", copy(), {}, stored, without_sharing(), "ignored"},
        {"tracked here by a person, in another copy",
         copy(),
         {},
         tracked_elsewhere().linked_here("user"),
         here(),
         "ignored"},
        {"tracked here by a rule, in another copy",
         copy(),
         {},
         tracked_elsewhere().linked_here("rule"),
         here(),
         "ignored"},
        {"shown here, in another copy",
         copy(),
         {},
         tracked_elsewhere().linked_here("shared"),
         here(),
         shared},
    });
}

TEST_CASE("a mailbox's own mode and wishes go before what others track")
{
    check({
        {"a hand tag",
         copy().categories({"CRM Track"}),
         {},
         tracked_elsewhere(),
         later(),
         "tracked hand_tag by person, answers tracked"},
        {"an inbox rule's tag",
         copy().categories({"CRM Track"}),
         {},
         tracked_elsewhere(),
         here(Mode::contacts),
         "tracked rule_tag, answers tracked"},
        {"its mode",
         message().message_id(id),
         {},
         tracked_elsewhere(),
         here(Mode::contacts),
         "tracked exact_address, answers tracked"},
    });
}

TEST_CASE("the gate of its own mailbox looks at a shared copy as at a rule's")
{
    const Candidates stored = tracked_elsewhere();
    check({
        {"among own people",
         copy().from("lee@contoso.example"),
         {},
         stored,
         here(),
         "refused gate_internal_only"},
        {"private",
         copy().sensitivity(Sensitivity::personal),
         {},
         stored,
         here(),
         "refused gate_sensitivity"},
        {"a program's",
         copy().automatic("Auto-Submitted"),
         {},
         stored,
         here(),
         "refused gate_automatic"},
        {"headers not read yet", copy().headers_unread(), {}, stored, here(), "look at headers"},
        {"sensitivity unknown after the look",
         copy().sensitivity_unknown(),
         {},
         stored,
         here(),
         "refused gate_sensitivity"},
    });
}

TEST_CASE("a tag that the ceiling refuses shows what another mailbox tracks")
{
    Settings settings = contoso();
    settings.tracking.ceiling_mode = "manual";
    const match::Policy policy = match::make_policy(settings);
    const Item tagged = copy().categories({"CRM Track"});
    CHECK(in_words(decide(tagged, {}, customers(), here(), policy)) ==
          "refused gate_ceiling, answers refused");
    CHECK(in_words(decide(tagged, {}, tracked_elsewhere(), here(), policy)) == shared);
}

TEST_CASE("a copy made within the mailbox is held as what it was made from")
{
    const Item carrying = copy().categories({"CRM Tracked"});
    check({
        {"of a shared one",
         carrying,
         {},
         tracked_elsewhere().linked_here("shared"),
         later(),
         "tracked shared"},
        {"of a rule's",
         carrying,
         {},
         tracked_elsewhere().linked_here("rule"),
         later(),
         "tracked identity"},
        {"of a person's",
         carrying,
         {},
         tracked_elsewhere().linked_here("user"),
         later(),
         "tracked identity by person"},
        {"of a shared one, in a folder that is never tracked",
         carrying,
         {},
         tracked_elsewhere().linked_here("shared"),
         in_never_folder(),
         "refused gate_folder, answers none"},
        {"of a shared one, where such are not shown any more",
         carrying,
         {},
         tracked_elsewhere().linked_here("shared"),
         without_sharing(),
         "ignored, answers none"},
        {"set by a person on what was seen before", carrying, known().outcome("ignored"),
         tracked_elsewhere().linked_here("shared"), later(), "tracked tracked_by_hand by person"},
        {"set by a person who had untracked it", carrying, known().pinned(),
         tracked_elsewhere().linked_here("shared"), later(), "tracked tracked_by_hand by person"},
    });
}

TEST_CASE("a shared copy asks nobody which record it is about")
{
    const Item item = copy().cc("ann@adventure.example", "bo@fabrikam.example");
    const Decision decision = decide(item, {}, tracked_elsewhere());
    CHECK(in_words(decision) == shared);
    CHECK_FALSE(decision.regarding);
}

TEST_CASE("a linked item whose mark the service took off shows it again, once it is asked to look")
{
    auto asked = later();
    asked.revisited = true;
    const auto bare = known().linked().seen(StateCategory::none);
    CHECK(in_words(decide(message(), bare, customers(), later())) == "tracked");
    CHECK(in_words(decide(message(), bare, customers(), asked)) == "tracked, answers tracked");
    // What is still owed would take it off.
    const Item marked = message().categories({"CRM Tracked"});
    CHECK(in_words(decide(marked, known().linked().owed(StateCategory::none), customers(),
                          asked)) == "tracked, answers tracked");
    // It is owed already; or a person took it off; or the activity is gone again.
    CHECK(in_words(decide(message(),
                          known().by_rule().seen(StateCategory::none).owed(StateCategory::tracked),
                          customers(), asked)) == "tracked");
    CHECK(in_words(decide(message(), known().linked(), customers(), asked)) ==
          "tracked, stages untrack");
    CHECK(in_words(decide(message(), known().linked().seen(StateCategory::none).removed_from_crm(),
                          customers(), asked)) == "untracked pinned");
}

TEST_CASE("a stored answer takes over what its thread is about, only when it is weighed again")
{
    const Item answer = message().message_id("b@adventure.example").in_reply_to(id);
    const Candidates candidates = customers().stored(id, 2).had_external();
    CHECK_FALSE(decide(answer, known().linked().about(1), candidates, later()).regarding);
    auto again = later();
    again.revisited = true;
    const Item marked =
        message().message_id("b@adventure.example").in_reply_to(id).categories({"CRM Tracked"});
    const Decision decision = decide(marked, known().linked().about(1), candidates, again);
    CHECK(decision.regarding == record_id(2));
    CHECK(decision.regarding_strength == Strength::header);
    CHECK_FALSE(decision.regarding_by_person);
    CHECK_FALSE(decide(marked, known().linked().about(2), candidates, again).regarding);
}
