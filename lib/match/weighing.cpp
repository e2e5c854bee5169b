#include "match/weighing.hpp"

#include "match/categories.hpp"
#include "match/parties.hpp"
#include "match/regarding.hpp"
#include "match/same_message.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace crmsync::match {

namespace {

bool any_candidate(const std::vector<Evidence>& evidence, Rule rule, const Candidates& candidates,
                   bool (*matches)(const Record&))
{
    return std::any_of(evidence.begin(), evidence.end(), [&](const Evidence& one) {
        return one.rule == rule &&
               std::any_of(one.candidates.begin(), one.candidates.end(), [&](const RecordId& id) {
                   const auto at = candidates.records.find(id);
                   return at != candidates.records.end() && matches(at->second);
               });
    });
}

bool is_customer(const Record& record)
{
    return record.type == "contact" || record.type == "lead" || record.type == "account";
}

bool is_any(const Record&) { return true; } // the address rule leaves out users, teams and lists

} // namespace

const StoredMessage* Case::stored() const { return stored_message(item, candidates); }

bool Case::is_owners() const
{
    const StoredMessage* message = known.link ? nullptr : stored();
    const bool deleted = known.link ? known.link->activity_deleted : message && message->deleted;
    const std::optional<OwnerClaim> none;
    const std::optional<OwnerClaim>& owner = known.link ? known.link->owner
                                             : message  ? message->owner
                                                        : none;
    // Who brings a tombstone back owns it.
    if (!owner || deleted || owner->owner == circumstances.mailbox_owner)
        return true;
    const Timestamp at = item.modified_at.value_or(circumstances.now);
    const bool tagged_here = known.link && known.link->tracked_by == "user";
    return !tagged_here &&
           std::tie(at, circumstances.mailbox.text) < std::tie(owner->at, owner->address);
}

Rule rule_of_mode(Mode mode, const Case& c, const std::vector<Evidence>& evidence)
{
    const bool answers = std::any_of(evidence.begin(), evidence.end(), [](const Evidence& one) {
        return one.rule == Rule::header_reference;
    });
    if (mode >= Mode::replies && answers)
        return Rule::header_reference;
    if (mode >= Mode::contacts &&
        any_candidate(evidence, Rule::exact_address, c.candidates, is_customer))
        return Rule::exact_address;
    if (mode >= Mode::records && any_candidate(evidence, Rule::exact_address, c.candidates, is_any))
        return Rule::exact_address;
    return mode == Mode::all ? Rule::mode_all : Rule::none;
}

void answer(Decision& decision, DesiredCategories desired, const Case& c)
{
    for (const std::string& name : c.wish.senders)
        if (!contains_folded(desired.take_off, name))
            desired.take_off.push_back(name);
    // What nobody has said cannot be compared; the item is read again before it is written.
    const std::vector<std::string> current = c.item.categories.value_or(std::vector<std::string>{});
    decision.writes_answer = apply(desired, current, c.policy) != current;
    decision.answer = std::move(desired);
}

DesiredCategories settle_regarding(Decision& decision, const Case& c, std::vector<Evidence> found)
{
    DesiredCategories desired;
    desired.state = StateCategory::tracked;
    desired.restore = decision.rule == Rule::draft_tag;
    const Regarding weighed = weigh(found, c.candidates);

    const bool shared = decision.rule == Rule::shared;
    if ((shared || decision.rule == Rule::identity) && c.wish.labels.size() == 1) {
        // The display of an earlier answer. What is stored stands, whatever the label says today.
        desired.regarding = c.wish.labels.front();
        decision.regarding = c.stored()->regarding;
    } else if (!shared && !c.wish.labels.empty()) {
        LabelAnswer label = resolve_labels(c.wish.labels, c.candidates, c.policy);
        if (label.record) {
            decision.regarding = label.record;
            decision.regarding_by_person = c.wish.by_person;
            decision.regarding_strength = Strength::person;
            desired.regarding = c.wish.labels.front();
            const OwnCategories own =
                own_categories(c.item.categories.value_or(std::vector<std::string>{}), c.policy);
            for (const std::string& other : own.labels)
                if (!contains_folded(c.wish.labels, other))
                    desired.take_off.push_back(other);
        } else {
            // A person said what it is about. Nothing else is put in its place.
            desired.state = StateCategory::review;
            decision.note = label.note;
            decision.suggestions = label.evidence.candidates;
            for (const RecordId& id : weighed.suggestions)
                if (std::find(decision.suggestions.begin(), decision.suggestions.end(), id) ==
                    decision.suggestions.end())
                    decision.suggestions.push_back(id);
            if (weighed.record)
                decision.suggestions.push_back(*weighed.record);
        }
        found.insert(found.begin(), std::move(label.evidence));
    } else if (weighed.record) {
        decision.regarding = weighed.record;
        decision.regarding_strength = weighed.strength;
    } else if (const StoredMessage* stored = c.stored(); stored && stored->regarding) {
        // The message is stored and somebody has chosen: no question is left, and the weakest
        // strength leaves the choice as it is.
        decision.regarding = stored->regarding;
    } else {
        decision.suggestions = weighed.suggestions;
        // The question is put to the owner, in the owner's mailbox only.
        if (weighed.ambiguous && c.wish.by_person && !shared && c.is_owners())
            desired.state = StateCategory::review;
        if (weighed.ambiguous)
            decision.note = "the strongest evidence names several records";
    }
    decision.evidence.insert(decision.evidence.end(), std::make_move_iterator(found.begin()),
                             std::make_move_iterator(found.end()));
    return desired;
}

} // namespace crmsync::match
