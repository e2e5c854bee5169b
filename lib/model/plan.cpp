#include "model/plan.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

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

bool TrackedItem::by_person() const { return tracked_by == "user"; }

bool TrackedItem::by_tag() const { return by_person() || rule == to_string(Rule::rule_tag); }

namespace {

template <class Row, class Belongs>
void move_rows(std::vector<Row>& from, std::vector<Row>& to, Belongs belongs)
{
    const auto taken = std::stable_partition(from.begin(), from.end(),
                                             [&](const Row& row) { return !belongs(row); });
    std::move(taken, from.end(), std::back_inserter(to));
    from.erase(taken, from.end());
}

} // namespace

Plan Plan::take_out(const std::string& item_id)
{
    const auto of_item = [&](const auto& row) { return row.item_id == item_id; };
    Plan one;
    one.policy_version = policy_version;
    move_rows(tracked, one.tracked, of_item);
    move_rows(write_backs, one.write_backs, of_item);
    move_rows(decisions, one.decisions, of_item);
    move_rows(events, one.events, of_item);
    move_rows(answered_intents, one.answered_intents, of_item);
    return one;
}

void Plan::set_aside(const Plan& taken_out, const std::string& reason)
{
    for (const TrackedItem& item : taken_out.tracked) {
        ParkedItem& row = parked.emplace_back();
        row.item_id = item.item_id;
        row.reason = reason;
        row.version = item.version.value;
        LogEvent& event = events.emplace_back();
        event.level = "warn";
        event.name = "item_parked";
        event.detail_json = R"({"attempts":1,"given_up":true,"reason":")" + reason + R"("})";
        if (!item.by_tag())
            continue;
        OwedCategories& owed = write_backs.emplace_back();
        owed.item_id = item.item_id;
        owed.desired.state = StateCategory::failed;
        owed.version = item.version; // what it carries is read before it is written
    }
    for (DecisionRow row : taken_out.decisions) {
        row.outcome = Outcome::failed;
        row.evidence_json = "[]";
        decisions.push_back(std::move(row));
    }
}

void Plan::leave_out(const std::string& item_id)
{
    const Plan taken_out = take_out(item_id);
    if (taken_out.tracked.empty())
        return;
    const TrackedItem& item = taken_out.tracked.front();
    if (item.by_tag()) {
        // An inbox rule's: it is decided again before this is written, and answered by that.
        OwedCategories& owed = write_backs.emplace_back();
        owed.item_id = item.item_id;
        owed.desired.state = StateCategory::refused;
        owed.version = item.version;
    }
    if (!item.joins)
        return;
    // Should it come back, its copies are found by this.
    for (DecisionRow row : taken_out.decisions) {
        row.outcome = Outcome::ignored;
        row.rule = to_string(Rule::none);
        row.item_id.reset();
        row.evidence_json = "[]";
        decisions.push_back(std::move(row));
    }
}

bool Plan::empty() const
{
    return tracked.empty() && links.empty() && regardings.empty() && found_regardings.empty() &&
           hand_tags.empty() && decisions.empty() && write_backs.empty() &&
           dropped_write_backs.empty() && labels_read.empty() && staged.empty() &&
           unstaged.empty() && parked.empty() && unparked.empty() && corrected.empty() &&
           unpinned.empty() && stops.empty() && ended_stops.empty() && events.empty() &&
           intents.empty() && withdrawn_intents.empty() && lost_drafts.empty() &&
           answered_intents.empty();
}

} // namespace crmsync
