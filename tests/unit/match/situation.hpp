#pragma once

#include "match/circumstances.hpp"
#include "match/decide.hpp"
#include "match/policy.hpp"
#include "support/builders.hpp"

#include <string>

// What the tests of this folder share: Kim's mailbox at Contoso on a Monday morning.
namespace crmsync::test {

inline Settings contoso()
{
    Settings settings;
    settings.tracking.own_domains = {"contoso.example"};
    return settings;
}

inline match::Policy contoso_policy() { return match::make_policy(contoso()); }

/// Enabled an hour before the messages of `message()` arrive, past its first pass; the inbox was
/// last read to its end half an hour before they arrive: an unknown message is a new one.
inline match::Circumstances here(Mode mode = Mode::manual)
{
    match::Circumstances circumstances;
    circumstances.mailbox = *parse_address("kim@contoso.example");
    circumstances.mailbox_owner = record_id(90);
    circumstances.mode = mode;
    circumstances.enabled_at = monday(-60);
    circumstances.round_done_at = monday(-30);
    circumstances.now = monday(10);
    circumstances.folder = WellKnown::inbox;
    return circumstances;
}

/// The same, with the message older than the folder's last completed round.
inline match::Circumstances later(Mode mode = Mode::manual)
{
    auto circumstances = here(mode);
    circumstances.round_done_at = monday(5);
    return circumstances;
}

/// The first pass of a mailbox that was enabled a moment ago.
inline match::Circumstances first_pass(Mode mode = Mode::manual)
{
    auto circumstances = here(mode);
    circumstances.first_pass = true;
    circumstances.enabled_at = monday(5);
    circumstances.round_done_at.reset();
    return circumstances;
}

/// Accounts 1 Adventure Works and 2 Fabrikam; contacts 11 Ann and 12 Al at the first, 21 Bo at the
/// second; user 90 Kim.
inline CrmBuilder customers()
{
    return crm()
        .record(1, "account", "Adventure Works")
        .owns("adventure.example")
        .record(2, "account", "Fabrikam")
        .owns("fabrikam.example")
        .record(11, "contact", "Ann")
        .under(1)
        .holds("ann@adventure.example")
        .record(12, "contact", "Al")
        .under(1)
        .holds("al@adventure.example")
        .record(21, "contact", "Bo")
        .under(2)
        .holds("bo@fabrikam.example")
        .record(90, "user", "Kim")
        .holds("kim@contoso.example");
}

inline Decision decide(const Item& item, const KnownItem& known = {},
                       const Candidates& candidates = customers(),
                       const match::Circumstances& circumstances = here(),
                       const match::Policy& policy = contoso_policy())
{
    return match::decide(item, known, candidates, policy, circumstances);
}

/// A decision on one line, as the tables compare it: "tracked hand_tag by person, answers review".
inline std::string in_words(const Decision& decision)
{
    if (decision.needs_header_look)
        return "look at headers";
    std::string words = std::string(to_string(decision.outcome));
    if (decision.rule != Rule::none)
        words += " " + std::string(to_string(decision.rule));
    if (decision.by_person)
        words += " by person";
    if (decision.stage_untrack)
        words += ", stages untrack";
    if (decision.withdrawn)
        words += ", withdrawn";
    if (decision.orphan_category)
        words += ", orphan";
    if (decision.regarding_cleared)
        words += ", clears regarding";
    if (decision.writes_answer)
        words += ", answers " + std::string(to_string(decision.answer.state));
    return words;
}

} // namespace crmsync::test
