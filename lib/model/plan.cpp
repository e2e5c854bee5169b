#include "model/plan.hpp"

#include <stdexcept>

namespace crmsync {

Sha256 identity_key(const Identity& identity, int n)
{
    // One digit, so that no text can end in what looks like another's n.
    if (n < 0 || n > 9)
        throw std::out_of_range("an identity has ten keys at most");
    std::string input;
    input.reserve(identity.text.size() + 2);
    input += identity.kind;
    input += identity.text;
    input += static_cast<char>('0' + n);
    return sha256(input);
}

bool TrackedItem::by_tag() const
{
    return tracked_by == "user" || rule == to_string(Rule::rule_tag);
}

void Plan::leave_out(const std::set<std::string>& item_ids)
{
    const auto left_out = [&](const auto& row) { return item_ids.contains(row.item_id); };
    std::erase_if(tracked, left_out);
    std::erase_if(write_backs, left_out);
    std::erase_if(events, left_out);
    std::erase_if(decisions, [&](const DecisionRow& row) {
        return row.item_id && item_ids.contains(*row.item_id);
    });
}

bool Plan::empty() const
{
    return tracked.empty() && links.empty() && regardings.empty() && hand_tags.empty() &&
           decisions.empty() && write_backs.empty() && dropped_write_backs.empty() &&
           staged.empty() && unstaged.empty() && parked.empty() && unparked.empty() &&
           unpinned.empty() && events.empty();
}

} // namespace crmsync
