#include "match/categories.hpp"
#include "match/correction.hpp"
#include "match/gate.hpp"
#include "match/parties.hpp"
#include "match/stop.hpp"
#include "match/weighing.hpp"

#include <array>
#include <utility>

namespace crmsync::match {

namespace {

Outcome parse_outcome(const std::optional<std::string>& word)
{
    for (const Outcome outcome :
         {Outcome::tracked, Outcome::refused, Outcome::untracked, Outcome::held, Outcome::failed})
        if (word == to_string(outcome))
            return outcome;
    return Outcome::ignored;
}

Evidence wish_evidence(const Wish& wish)
{
    Evidence evidence;
    evidence.rule = wish.rule;
    evidence.strength = wish.by_person ? Strength::person : Strength::inferred;
    evidence.field = "categories";
    evidence.reason = wish.by_person ? "a person set the category"
                                     : "the category was there when the message was first seen";
    return evidence;
}

/// Our state that stays when only the sender's own names are taken off: one from before we came. No
/// other is true of an item that nobody has answered yet.
StateCategory kept_state(const Case& c)
{
    if (!c.item.categories.has_value() || !c.wish.orphan)
        return StateCategory::none;
    for (const std::string& name : without_senders(*c.item.categories, c.wish))
        if (const auto state = c.policy.state_of(name);
            state != StateCategory::none && state != StateCategory::stop)
            return state;
    return StateCategory::none;
}

/// Nobody asked and no rule tracks it. Only what the sender brought goes.
Decision ignored(const Case& c, std::vector<Evidence> found)
{
    Decision decision;
    decision.evidence = std::move(found);
    decision.orphan_category = c.wish.orphan;
    if (c.wish.orphan)
        decision.rule = Rule::orphan_category;
    if (!c.wish.senders.empty()) {
        DesiredCategories desired;
        desired.state = kept_state(c);
        answer(decision, std::move(desired), c);
    }
    correct_unlinked(decision, c);
    return decision;
}

/// A wish is always answered; a rule that may not track says nothing in the mailbox.
Decision refused(const Case& c, Outcome outcome, Closed closed, std::vector<Evidence> found)
{
    Decision decision;
    decision.outcome = outcome;
    decision.rule = closed.gate;
    decision.by_person = c.wish.by_person;
    decision.evidence = std::move(found);
    decision.note = std::move(closed.reason);
    if (c.wish.any()) {
        DesiredCategories desired;
        desired.state = StateCategory::refused;
        desired.take_off = c.wish.labels;
        desired.restore = c.wish.rule == Rule::draft_tag;
        answer(decision, std::move(desired), c);
        if (c.known.outcome == to_string(Outcome::refused))
            answer_again(decision, c);
    } else if (!c.wish.senders.empty()) {
        DesiredCategories desired;
        desired.state = kept_state(c);
        if (desired.state == StateCategory::tracked || desired.state == StateCategory::review)
            desired.state = StateCategory::none; // is not true
        answer(decision, std::move(desired), c);
    }
    correct_unlinked(decision, c);
    return decision;
}

/// A person's word stands, whether a rule would track the item or nothing asks for it.
Decision untracked(const Case& c, std::vector<Evidence> found)
{
    Decision decision =
        refused(c, Outcome::untracked,
                {Rule::pinned, "a person untracked this message; no rule brings it back"},
                std::move(found));
    decision.orphan_category = c.wish.orphan;
    return decision;
}

/// A person ended the thread. An inbox rule's wish is answered all the same.
Decision stopped(const Case& c, std::vector<Evidence> found)
{
    const char* const why = "its thread carries CRM Stop";
    if (c.wish.any())
        return refused(c, Outcome::refused, {Rule::stopped, why}, std::move(found));
    Decision decision = ignored(c, std::move(found));
    decision.note = why;
    if (!decision.orphan_category)
        decision.rule = Rule::stopped;
    return decision;
}

/// Whether the message is tracked, and not by this mailbox: where it tracks a copy of its own
/// accord, a further one is nobody's concern until it is tagged.
bool tracked_by_others(const Case& c)
{
    const StoredMessage* stored = c.stored();
    return c.circumstances.show_shared && stored && !stored->deleted &&
           (stored->linked_here.empty() || stored->linked_here == "shared");
}

/// A copy made within the mailbox carries CRM Tracked as what it was made from does. Nobody set it
/// there.
bool made_from_tracked(const Case& c)
{
    const StoredMessage* stored = c.stored();
    const bool carries = c.wish.rule == Rule::tracked_by_hand || c.wish.answered_before;
    const bool unseen = !c.known.outcome && !c.known.pinned && !c.known.parked;
    return carries && unseen && stored && !stored->deleted && !stored->linked_here.empty();
}

/// Names of ours on an item without a row may have come with it, from its sender's Keywords: only
/// its headers tell.
bool may_be_senders(const Case& c)
{
    return !c.known.outcome && !c.known.intent && (c.wish.any() || c.wish.answered_before);
}

Decision look_first(std::vector<Evidence> found)
{
    Decision decision;
    decision.needs_header_look = true;
    decision.evidence = std::move(found);
    decision.note = "its transport headers have to be read first";
    return decision;
}

Decision accepted(const Case& c, Rule rule, Asker asker, std::vector<Evidence> found)
{
    if (auto closed = gate(c.item, asker, c.candidates, c.policy, c.circumstances))
        return refused(c, Outcome::refused, std::move(*closed), std::move(found));
    Decision decision;
    if (asker == Asker::rule && header_look_missing(c.item, c.candidates, c.circumstances))
        return look_first(std::move(found));
    decision.outcome = Outcome::tracked;
    decision.rule = rule;
    decision.by_person = c.wish.by_person;
    if (c.wish.any())
        decision.evidence.push_back(wish_evidence(c.wish));
    answer(decision, settle_regarding(decision, c, std::move(found)), c);
    return decision;
}

/// Held as what it was made from. Nobody asked: where it may not be shown, its mark is not true and
/// no answer takes its place.
Decision as_original(const Case& c, std::vector<Evidence> found)
{
    const std::string& here = c.stored()->linked_here;
    const bool shared = here == "shared";
    Decision decision = shared && !c.circumstances.show_shared
                            ? ignored(c, std::move(found))
                            : accepted(c, shared ? Rule::shared : Rule::identity,
                                       shared ? Asker::rule : Asker::person, std::move(found));
    decision.by_person = here == "user";
    if (decision.outcome != Outcome::tracked && !decision.needs_header_look)
        answer(decision, DesiredCategories{}, c);
    return decision;
}

/// The limits that hold for rules only: age, and what the mailbox sent itself.
bool rules_look_at(const Case& c)
{
    const auto at = c.item.happened_at();
    if (!at || *at < c.circumstances.now - c.policy.history)
        return false;
    const bool own_copy = c.circumstances.folder == WellKnown::sent_items ||
                          sent_by_user(c.item, c.candidates, c.circumstances);
    return c.circumstances.sent_items || !own_copy;
}

} // namespace

Decision decide_owed(const Case& c)
{
    Decision decision;
    decision.outcome = parse_outcome(c.known.outcome);
    if (!c.item.categories.said() || decision.outcome == Outcome::tracked)
        return decision;
    const bool was_a_wish =
        c.known.owed == StateCategory::refused || c.known.owed == StateCategory::failed;
    const OwnCategories own =
        own_categories(c.item.categories.value_or(std::vector<std::string>{}), c.policy);
    // The sending lost a draft's tag: that it is missing is no change of mind.
    if (was_a_wish && !own.any() && !c.known.restoring) {
        decision.outcome = c.known.pinned ? Outcome::untracked : Outcome::ignored;
        decision.rule = c.known.pinned ? Rule::pinned : Rule::none;
        decision.withdrawn = true;
        decision.note = "the wish was taken back before it was answered";
    }
    return decision;
}

Decision decide_unlinked(const Case& c)
{
    auto found = find_evidence(c.rule_input());
    if (may_be_senders(c) && header_look_missing(c.item, c.candidates, c.circumstances))
        return look_first(std::move(found));
    if (made_from_tracked(c))
        return as_original(c, std::move(found));
    if (c.wish.by_person)
        return accepted(c, c.wish.rule, Asker::person, std::move(found));

    if (c.known.pinned)
        return untracked(c, std::move(found));

    const StoredMessage* stored = c.stored();
    const bool tracked_elsewhere = stored && !stored->deleted;
    if (c.wish.answered_before && tracked_elsewhere)
        // It was let through once. A person's overrides hold, so that an item that was tagged by
        // hand is linked again after its mailbox was added anew.
        return accepted(c, Rule::identity, Asker::person, std::move(found));

    Rule rule = c.wish.rule;
    const bool shared = tracked_by_others(c);
    if (rule == Rule::none) {
        if (rules_look_at(c))
            rule = rule_of_mode(c.circumstances.mode, c, found);
    } else if (rule_of_mode(c.policy.ceiling, c, found) == Rule::none) {
        if (!shared)
            return refused(c, Outcome::refused,
                           {Rule::gate_ceiling, "the ceiling mode would not track it"},
                           std::move(found));
        rule = Rule::none;
    }
    if (rule == Rule::none && shared)
        rule = Rule::shared;
    if (rule == Rule::none)
        return ignored(c, std::move(found));
    if (stored && stored->deleted)
        return untracked(c, std::move(found));
    if (is_stopped(c))
        return stopped(c, std::move(found));
    return accepted(c, rule, Asker::rule, std::move(found));
}

} // namespace crmsync::match
