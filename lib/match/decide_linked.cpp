#include "match/categories.hpp"
#include "match/correction.hpp"
#include "match/regarding.hpp"
#include "match/weighing.hpp"

#include <algorithm>

namespace crmsync::match {

namespace {

bool is_written(StateCategory state)
{
    return state == StateCategory::tracked || state == StateCategory::review;
}

/// The service had written tracked or review, and a person seems to have taken it off. What we take
/// off ourselves is owed as `none`.
bool taken_off(const Case& c, const OwnCategories& own)
{
    const bool ours = c.known.owed == StateCategory::none;
    return is_written(c.known.link->category_seen) && !ours && !own.track && !own.tracked &&
           !own.review;
}

/// Whoever asked, or whose inbox rule did, took the tag back before it was answered; or after the
/// answer could not be written.
bool taken_back(const Case& c, const OwnCategories& own)
{
    const KnownItem& known = c.known;
    if (own.any() || is_written(known.link->category_seen) || known.link->tracked_by == "shared" ||
        (known.owed && !is_written(*known.owed)))
        return false;
    if (!known.carried)
        return known.owed && known.link->tracked_by == "user";
    const OwnCategories asked = own_categories(*known.carried, c.policy);
    return asked.track || asked.tracked || asked.review || !asked.labels.empty();
}

/// Staged before and not released yet. Once the owed write is dropped, a tag that was taken back
/// leaves no other trace than this.
bool still_off(const Case& c, const OwnCategories& own)
{
    return c.known.staged && c.known.owed != StateCategory::none && !own.track && !own.tracked &&
           !own.review;
}

bool label_gone(const Case& c, const OwnCategories& own)
{
    const auto& answered = c.known.link->regarding_category;
    return answered && !contains_label(own.labels, *answered, c.policy);
}

/// A label that is not the one answered last: it was not understood, or nobody has read it yet.
bool label_open(const Case& c, const OwnCategories& own)
{
    const auto& answered = c.known.link->regarding_category;
    return std::any_of(own.labels.begin(), own.labels.end(), [&](const std::string& label) {
        return !answered || !c.policy.same_label(*answered, label);
    });
}

/// CRM Review says already that a label was not understood: nothing is new until it changes.
bool question_stands(const Case& c, const OwnCategories& own)
{
    return c.wish.rule == Rule::regarding_category && own.review &&
           c.known.link->category_seen == StateCategory::review;
}

/// "CRM Track" again, or a new label: both are answered again, on what is stored already.
Decision asked_again(const Case& c, const OwnCategories& own)
{
    Decision decision;
    decision.outcome = Outcome::tracked;
    decision.rule = c.wish.rule;
    decision.by_person = c.wish.by_person;
    DesiredCategories desired = settle_regarding(decision, c, find_evidence(c.rule_input()));
    const KnownItem::Link& link = *c.known.link;
    if (c.wish.labels.empty()) {
        // Only a label changes what is stored; evidence only tells whether the question stands.
        if (link.regarding) {
            desired.state = StateCategory::tracked;
            decision.suggestions.clear();
        }
        decision.regarding.reset();
        decision.regarding_strength = Strength::inferred;
        // What is to be put back is missing until it has been written.
        decision.regarding_cleared = label_gone(c, own) && !c.known.restoring;
        if (!decision.regarding_cleared)
            desired.regarding = link.regarding_category;
        desired.restore = c.known.restoring;
    } else if (!decision.regarding) {
        // Another one in the place of the label that was answered takes that off.
        decision.regarding_cleared = label_gone(c, own);
        if (!decision.regarding_cleared && question_stands(c, own)) {
            decision.rule = Rule::none;
            decision.by_person = false;
            return decision;
        }
    }
    // What waits to be written is overwritten by this.
    desired.take_off.insert(desired.take_off.end(), c.known.owed_take_off.begin(),
                            c.known.owed_take_off.end());
    answer(decision, std::move(desired), c);
    if (c.wish.labels.empty() && link.tracked_by == "user" && is_written(link.category_seen))
        answer_again(decision, c);
    return decision;
}

} // namespace

Decision decide_linked(const Case& c)
{
    Decision decision;
    decision.outcome = Outcome::tracked;
    if (!c.item.categories.said())
        return decision;
    const OwnCategories own = own_categories(
        without_senders(c.item.categories.value_or(std::vector<std::string>{}), c.wish), c.policy);
    const KnownItem::Link& link = *c.known.link;

    if (c.wish.any())
        return asked_again(c, own);
    if (link.activity_deleted) {
        decision.outcome = Outcome::untracked;
        decision.rule = Rule::pinned;
        decision.note = "the copy in the CRM was removed by a person";
        // The item was out of the mailbox when ours was taken off the others.
        if (own.answered() && !c.known.owed)
            answer(decision, {}, c);
        return decision;
    }
    // What is to be put back is missing until it has been written.
    if (c.known.restoring)
        return decision;
    if (taken_back(c, own)) {
        decision.stage_untrack = true;
        decision.withdrawn = true;
        decision.note = "the wish was taken back before it was answered";
        return decision;
    }
    if (taken_off(c, own) || still_off(c, own)) {
        decision.stage_untrack = true;
        // A write that still waits would put it back.
        decision.withdrawn = c.known.owed.has_value();
        decision.note = "our category is gone from the item";
        if (c.known.held) {
            decision.outcome = Outcome::held;
            decision.rule = c.known.held == to_string(Rule::guard_category) ? Rule::guard_category
                                                                            : Rule::guard_many;
        }
        return decision;
    }
    if (label_gone(c, own)) {
        decision.rule = Rule::regarding_category;
        decision.by_person = true;
        decision.regarding_cleared = true;
        decision.note = "the regarding category was taken off";
    }
    // The label that was not understood has gone, the question was answered elsewhere, or is
    // another's.
    const bool question_over = link.category_seen == StateCategory::review && own.review &&
                               !label_open(c, own) &&
                               (link.regarding || !c.is_owners() ||
                                !weigh(find_evidence(c.rule_input()), c.candidates).ambiguous);
    if (question_over) {
        DesiredCategories desired;
        desired.state = StateCategory::tracked;
        answer(decision, std::move(desired), c);
    }
    correct_linked(decision, c, own);
    restore_mark(decision, c);
    weigh_again(decision, c);
    return decision;
}

} // namespace crmsync::match
