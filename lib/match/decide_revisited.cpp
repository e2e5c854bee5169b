#include "match/categories.hpp"
#include "match/regarding.hpp"
#include "match/weighing.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::match {

/// The service takes its category off the copies of what their owner untracked, and owes it again
/// when the owner tags it anew: then it is asked to look. A mark that is missing for any other
/// reason was taken off by a person, or is owed already.
void restore_mark(Decision& decision, const Case& c)
{
    const KnownItem::Link& link = *c.known.link;
    const bool takes_off = c.known.owed == StateCategory::none;
    const bool bare = link.category_seen == StateCategory::none && !c.known.owed && !c.known.staged;
    const OwnCategories own =
        own_categories(c.item.categories.value_or(std::vector<std::string>{}), c.policy);
    if (!c.circumstances.revisited || decision.stage_untrack)
        return;
    if (!takes_off && (!bare || own.tracked || own.review))
        return;
    DesiredCategories desired;
    desired.state = StateCategory::tracked;
    desired.regarding = link.regarding_category;
    const bool asks = link.tracked_by == "user" && !link.regarding && c.is_owners() &&
                      weigh(find_evidence(c.rule_input()), c.candidates).ambiguous;
    if (asks)
        desired.state = StateCategory::review;
    answer(decision, std::move(desired), c);
    // What is still owed would be written, and take the mark off that is there.
    decision.writes_answer = decision.writes_answer || takes_off;
}

/// Only the thread speaks for what it belongs to: other evidence was there when the item was
/// stored. Whether it is stronger than what stands is compared where both are read together.
void weigh_again(Decision& decision, const Case& c)
{
    if (!c.circumstances.revisited || decision.regarding_cleared || decision.stage_untrack)
        return;
    std::vector<Evidence> found = find_evidence(c.rule_input());
    std::erase_if(found, [](const Evidence& one) { return one.strength < Strength::thread; });
    const Regarding weighed = weigh(found, c.candidates);
    if (!weighed.record || weighed.record == c.known.link->regarding)
        return;
    decision.regarding = weighed.record;
    decision.regarding_strength = weighed.strength;
}

} // namespace crmsync::match
