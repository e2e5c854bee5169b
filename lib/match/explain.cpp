#include "match/explain.hpp"

#include "base/text.hpp"
#include "match/parties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace crmsync::match {

namespace {

std::string_view because(Rule rule)
{
    switch (rule) {
    case Rule::none:
        return "nobody asked for it and no rule applies";
    case Rule::hand_tag:
        return "a person set the track category";
    case Rule::tracked_by_hand:
        return "a person set the category of tracked items";
    case Rule::draft_tag:
        return "a person had tagged the draft it was sent from";
    case Rule::regarding_category:
        return "somebody set a regarding category";
    case Rule::rule_tag:
        return "an inbox rule had set the category when the message arrived";
    case Rule::header_reference:
        return "it belongs to the thread of a stored message";
    case Rule::exact_address:
        return "a record holds the address of somebody who takes part";
    case Rule::account_domain:
        return "an account owns the domain of somebody who takes part";
    case Rule::identity:
        return "the same message is stored already";
    case Rule::shared:
        return "another mailbox tracks the same message";
    case Rule::orphan_category:
        return "its category is from before the mailbox was read, and it is stored nowhere";
    case Rule::mode_all:
        return "the mailbox tracks every message";
    case Rule::gate_rights_protected:
        return "encrypted and rights-protected messages stay out of the CRM";
    case Rule::gate_sensitivity:
        return "private messages stay out of the CRM";
    case Rule::gate_internal_only:
        return "messages among own people stay out of the CRM";
    case Rule::gate_folder:
        return "messages in this folder stay out of the CRM";
    case Rule::gate_automatic:
        return "messages sent by programs stay out of the CRM";
    case Rule::gate_meeting:
        return "the calendar item stands for a meeting, not its messages";
    case Rule::gate_ceiling:
        return "the ceiling set by the admin does not allow what the inbox rule asks for";
    case Rule::guard_many:
        return "within an hour our category was taken off more items of this mailbox than a person "
               "takes it off; crmsync held confirm untracks them, crmsync held reject puts it back";
    case Rule::guard_category:
        return "our category was taken off when it was gone from the mailbox's list of categories; "
               "crmsync held confirm untracks them, crmsync held reject puts it back";
    case Rule::pinned:
        return "a person untracked it; only a new tag in this mailbox brings it back";
    case Rule::stopped:
        return "its thread is stopped by a person; the track category still tracks a message of it";
    }
    return "";
}

std::string_view became(Outcome outcome)
{
    switch (outcome) {
    case Outcome::tracked:
        return "It is tracked";
    case Outcome::ignored:
        return "It is not tracked";
    case Outcome::refused:
        return "It is refused";
    case Outcome::untracked:
        return "It stays untracked";
    case Outcome::held:
        return "It is held back";
    case Outcome::failed:
        return "It could not be stored";
    }
    return "";
}

std::string shown(const RecordId& id, const Candidates& candidates)
{
    const auto at = candidates.records.find(id);
    if (at == candidates.records.end())
        return "record " + to_string(id.value);
    const Record& record = at->second;
    const std::string number = record.number ? " (" + *record.number + ")" : std::string();
    return fmt::format("{} {}{}", record.type, record.name, number);
}

std::string shown(const std::vector<RecordId>& ids, const Candidates& candidates)
{
    std::vector<std::string> names;
    for (const RecordId& id : ids)
        names.push_back(shown(id, candidates));
    return join(names, ", ");
}

std::string first_sentence(const Decision& decision)
{
    if (decision.needs_header_look)
        return "It is not decided yet: a rule would track it, and its transport headers have to "
               "be read first.";
    if (decision.stage_untrack && decision.outcome != Outcome::held)
        return "It is linked, and our category seems to have been taken off: it is untracked once "
               "a fresh read shows the same.";
    if (decision.outcome == Outcome::tracked && decision.rule == Rule::none)
        return "It is tracked already, and nothing about it is new.";
    return fmt::format("{}: {}.", became(decision.outcome), because(decision.rule));
}

std::string evidence_sentence(const Evidence& evidence, const Candidates& candidates)
{
    const std::string where = evidence.field.empty() ? "item" : evidence.field;
    if (evidence.candidates.empty())
        return fmt::format("Found in {}: {}.", where, evidence.reason);
    return fmt::format("Found in {}: {}: {}.", where, evidence.reason,
                       shown(evidence.candidates, candidates));
}

std::string party_sentence(const Party& party, const Candidates& candidates)
{
    const std::string who = party.address.empty() ? party.name : party.address;
    switch (party.resolution) {
    case PartyResolution::resolved:
        return fmt::format("{} ({}) is {}.", who, to_string(party.role),
                           shown(*party.record, candidates));
    case PartyResolution::ambiguous:
        return fmt::format("{} ({}) could be several records.", who, to_string(party.role));
    case PartyResolution::unresolved:
        break;
    }
    return fmt::format("{} ({}) is not in the CRM.", who, to_string(party.role));
}

void add_regarding(std::vector<std::string>& sentences, const Decision& decision,
                   const Candidates& candidates)
{
    if (decision.regarding)
        sentences.push_back(fmt::format("It is about {}{}.", shown(*decision.regarding, candidates),
                                        decision.regarding_by_person ? ", as a person said" : ""));
    if (decision.regarding_cleared)
        sentences.emplace_back("It is about nothing any more: the label was taken off.");
    if (!decision.suggestions.empty())
        sentences.push_back(
            fmt::format("It may be about: {}.", shown(decision.suggestions, candidates)));
}

void add_answer(std::vector<std::string>& sentences, const Decision& decision, const Policy& policy)
{
    if (!decision.writes_answer) {
        sentences.emplace_back("Nothing is written to the mailbox.");
        return;
    }
    if (decision.answer.state != StateCategory::none)
        sentences.push_back(
            fmt::format("The mailbox is told so by \"{}\".", policy.name(decision.answer.state)));
    if (!decision.answer.take_off.empty())
        sentences.push_back(
            fmt::format("Taken off: \"{}\".", join(decision.answer.take_off, "\", \"")));
}

} // namespace

std::vector<std::string> explain(const Decision& decision, const Item& item,
                                 const Candidates& candidates, const Policy& policy,
                                 const Circumstances& circumstances)
{
    std::vector<std::string> sentences;
    sentences.push_back(first_sentence(decision));
    if (!decision.note.empty())
        sentences.push_back(fmt::format("Note: {}.", decision.note));
    sentences.push_back(fmt::format("The mailbox is in mode {}; the ceiling is {}.",
                                    to_string(circumstances.mode), to_string(policy.ceiling)));
    for (const Evidence& evidence : decision.evidence)
        sentences.push_back(evidence_sentence(evidence, candidates));
    for (const Party& party : parties_of(item, candidates, circumstances.mailbox_owner))
        sentences.push_back(party_sentence(party, candidates));
    add_regarding(sentences, decision, candidates);
    add_answer(sentences, decision, policy);
    return sentences;
}

std::string explain_stored(std::string_view outcome, std::string_view rule,
                           std::string_view failure)
{
    if (outcome == to_string(Outcome::failed))
        return fmt::format("{}{}{}.", became(Outcome::failed), failure.empty() ? "" : ": ",
                           failure);
    std::string sentence(outcome);
    for (const Outcome known : {Outcome::tracked, Outcome::ignored, Outcome::refused,
                                Outcome::untracked, Outcome::held, Outcome::failed})
        if (to_string(known) == outcome)
            sentence = became(known);
    for (int i = 0; i <= static_cast<int>(Rule::stopped); ++i)
        if (const auto known = static_cast<Rule>(i); to_string(known) == rule)
            return fmt::format("{}: {}.", sentence, because(known));
    return fmt::format("{} ({}).", sentence, rule);
}

} // namespace crmsync::match
