#include "match/correction.hpp"

namespace crmsync::match {

namespace {

/// What the item may go on saying: the answer that is remembered, where it still says so.
StateCategory answered_state(const Case& c, const OwnCategories& own, const Decision& decision)
{
    // A tag on what a person untracked is refused, or fails, and it stays untracked.
    const bool untracked = c.known.outcome == to_string(Outcome::untracked);
    if (own.refused && (untracked || c.known.outcome == to_string(Outcome::refused)))
        return StateCategory::refused;
    const bool has_failed = untracked || c.known.outcome == to_string(Outcome::failed);
    if (own.failed && has_failed && decision.outcome != Outcome::refused)
        return StateCategory::failed;
    return StateCategory::none;
}

} // namespace

void answer_again(Decision& decision, const Case& c)
{
    if (!decision.writes_answer)
        return;
    if (c.known.corrections >= most_corrections) {
        decision.writes_answer = false;
        decision.note = "somebody sets it again and again; it is left alone for a day";
        return;
    }
    decision.corrects = true;
}

void correct_linked(Decision& decision, const Case& c, const OwnCategories& own)
{
    const bool untrue = own.refused || own.failed || (own.tracked && own.review);
    if (!untrue || c.known.owed || decision.writes_answer)
        return;
    const bool in_review =
        own.review && (!own.tracked || c.known.link->category_seen == StateCategory::review);
    DesiredCategories desired;
    desired.state = in_review ? StateCategory::review : StateCategory::tracked;
    answer(decision, std::move(desired), c);
    answer_again(decision, c);
}

void correct_unlinked(Decision& decision, const Case& c)
{
    const bool remembered = c.known.outcome.has_value() && !c.known.orphan && !c.wish.orphan;
    if (!remembered || c.known.owed || decision.writes_answer || !c.item.categories.has_value())
        return;
    const OwnCategories own = own_categories(without_senders(*c.item.categories, c.wish), c.policy);
    if (!own.answered() || own.tracked)
        return;
    DesiredCategories desired;
    desired.state = answered_state(c, own, decision);
    answer(decision, std::move(desired), c);
    answer_again(decision, c);
}

} // namespace crmsync::match
