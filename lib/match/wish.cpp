#include "match/wish.hpp"

#include "match/categories.hpp"

#include <algorithm>

namespace crmsync::match {

namespace {

std::optional<Timestamp> arrived_at(const Item& item)
{
    const Message& message = item.message();
    if (message.received_at.has_value())
        return *message.received_at;
    return item.happened_at();
}

/// A person, unless the tag may have come with a new message: then it was an inbox rule. A message
/// from before `enable` is not new, whenever its folder is read for the first time.
bool set_by_person(const Item& item, const KnownItem& known, const Circumstances& circumstances)
{
    if (seen_before(item, known, circumstances))
        return true;
    if (!circumstances.enabled_at)
        return circumstances.first_pass;
    const auto arrived = arrived_at(item);
    return arrived ? *arrived < *circumstances.enabled_at : circumstances.first_pass;
}

/// The label that the item is about already. On a tombstone it is nothing once it was taken off:
/// set again, it asks like another.
bool is_answered(const std::string& label, const KnownItem& known, const Policy& policy)
{
    return known.link && known.link->regarding_category &&
           policy.same_label(*known.link->regarding_category, label) &&
           (!known.link->activity_deleted || contains_label(known.labels_read, label, policy));
}

/// What an item says of the record it is about, by when it said so.
struct Labels {
    std::vector<std::string> open;  ///< not answered
    std::vector<std::string> fresh; ///< of those, the ones it was never read with
};

Labels read_labels(const OwnCategories& own, const KnownItem& known, const Policy& policy)
{
    Labels labels;
    for (const std::string& label : own.labels) {
        if (is_answered(label, known, policy))
            continue;
        labels.open.push_back(label);
        if (!contains_label(known.labels_read, label, policy))
            labels.fresh.push_back(label);
    }
    return labels;
}

/// CRM Track that was not there yet when the owed write was decided. Where nobody knows, what has
/// been written since tells: an earlier tag went with that.
bool tag_is_new(const OwnCategories& own, const KnownItem& known, const Policy& policy)
{
    if (!own.track || !known.owed)
        return false;
    // Who tagged it before is told by that write what can be told.
    if (known.link && known.link->tracked_by == "user" && known.owed != StateCategory::none)
        return false;
    if (known.carried)
        return !own_categories(*known.carried, policy).track;
    return known.link && known.link->category_seen != StateCategory::none;
}

/// Whether labels ask by themselves. One that is new does. Those that were read before wait for
/// their answer as long as the item says that it is tracked: where a person took that off, they
/// were only left. Of several the one that is kept is a choice.
bool labels_ask(const Labels& labels, const OwnCategories& own, const KnownItem& known)
{
    if (!labels.fresh.empty())
        return true;
    const KnownItem::Link& link = *known.link;
    const bool was_written =
        link.category_seen == StateCategory::tracked || link.category_seen == StateCategory::review;
    const bool taken_off = was_written && !own.tracked && !own.review && !known.labels_gone;
    return !labels.open.empty() && !link.activity_deleted && !taken_off;
}

/// A link: asked again by CRM Track. A tombstone whose category we took off: CRM Tracked as well.
void read_linked(Wish& wish, const Labels& labels, const OwnCategories& own, const KnownItem& known,
                 const Policy& policy)
{
    const KnownItem::Link& link = *known.link;
    if (known.owed && !tag_is_new(own, known, policy)) {
        // What is read here may be what the owed write answers or takes off. Whatever is left once
        // it is written comes back with the echo.
        wish.labels.clear();
    } else if (own.track || (known.intent && known.intent->tagged)) {
        wish.rule = Rule::hand_tag;
        std::erase_if(wish.labels, [&](const std::string& label) {
            return contains_label(known.owed_take_off, label, policy);
        });
    } else if (own.tracked && link.activity_deleted && link.category_seen == StateCategory::none) {
        wish.rule = Rule::tracked_by_hand;
    } else if (labels_ask(labels, own, known)) {
        wish.rule = Rule::regarding_category;
    }
    wish.by_person = wish.rule != Rule::none;
}

/// Whether a state on an item without a link was there before this service looked after the
/// mailbox. A folder that is read again shows it again: then what has not changed since the last
/// round is from before, too, unless it is a wish that could not be handled yet.
bool from_before(const Item& item, const OwnCategories& own, const KnownItem& known,
                 const Circumstances& circumstances)
{
    if (!own.answered())
        return false;
    if (circumstances.first_pass || known.orphan)
        return true;
    const bool unknown = !known.outcome && !known.parked;
    return circumstances.reads_again && unknown && circumstances.round_done_at &&
           item.modified_at.has_value() && *item.modified_at < *circumstances.round_done_at;
}

/// Whether labels on an item without a link are left over from an earlier answer: no wish of their
/// own, though they say what the item is about once something else tracks it.
bool labels_are_old(const Labels& labels, const OwnCategories& own, const KnownItem& known,
                    bool seen, bool state_is_old)
{
    if (labels.fresh.empty() || own.failed)
        return true;
    // A copy of what was untracked brought them along.
    if (known.pinned && !known.pinned_itself && !known.outcome)
        return true;
    return own.answered() && (!seen || state_is_old);
}

/// What its draft asked for, as if the sent copy still said it: categories may be lost with the
/// sending.
void recall(OwnCategories& own, const Intent& intent)
{
    own.track = own.track || (intent.tagged && !own.tracked);
    if (own.labels.empty())
        own.labels = intent.labels;
}

void read_unlinked(Wish& wish, const Labels& labels, const Item& item, const OwnCategories& own,
                   const KnownItem& known, const Circumstances& circumstances)
{
    const bool seen = seen_before(item, known, circumstances);
    const bool by_person = set_by_person(item, known, circumstances);
    const bool old = from_before(item, own, known, circumstances);

    if (own.track) {
        wish.rule = by_person ? Rule::hand_tag : Rule::rule_tag;
    } else if (own.tracked && !old && known.owed != StateCategory::none) {
        // Not while it is what we are about to take off.
        // A copy within the mailbox carries CRM Tracked as well: identity goes first.
        wish.rule = by_person ? Rule::tracked_by_hand : Rule::rule_tag;
        wish.answered_before = !seen;
    } else if (!labels_are_old(labels, own, known, seen, old)) {
        wish.rule = Rule::regarding_category;
    } else if (own.answered() && (!known.outcome || known.orphan)) {
        wish.answered_before = own.tracked || own.review;
        wish.orphan = old;
    }
    wish.by_person = wish.rule != Rule::none && by_person;
}

} // namespace

bool seen_before(const Item& item, const KnownItem& known, const Circumstances& circumstances)
{
    if (known.link || known.outcome || known.intent)
        return true;
    if (known.parked) // the folder may have been read to its end since
        return !known.came_tagged;
    // The provider may tell of a message a round late (G-68), and its clock is not ours: what came
    // just before the round may not have been in it.
    constexpr std::chrono::minutes told_late(2);
    const auto arrived = arrived_at(item);
    return arrived && circumstances.round_done_at &&
           *arrived < *circumstances.round_done_at - told_late;
}

/// The sender's Keywords arrive as categories of the first copy we see. Answered and taken off
/// once, a category of that name is the user's.
std::vector<std::string> senders_own(const Item& item, const std::vector<std::string>& carried,
                                     const KnownItem& known, const Policy& policy)
{
    const auto& headers = item.message().automatic;
    const bool taken_off = known.outcome && !known.owed;
    if (known.link || known.intent || taken_off || !headers.has_value())
        return {};
    std::vector<std::string> names;
    for (const std::string& category : carried)
        if (policy.is_ours(category) && contains_folded(headers->keywords, category))
            names.push_back(category);
    return names;
}

std::vector<std::string> without_senders(const std::vector<std::string>& categories,
                                         const Wish& wish)
{
    std::vector<std::string> rest;
    for (const std::string& category : categories)
        if (!contains_folded(wish.senders, category))
            rest.push_back(category);
    return rest;
}

Wish read_wish(const Item& item, const KnownItem& known, const Policy& policy,
               const Circumstances& circumstances)
{
    Wish wish;
    if (!item.categories.has_value() && !(item.categories.said() && known.intent))
        return wish;
    const std::vector<std::string> carried = item.categories.value_or(std::vector<std::string>{});
    wish.senders = senders_own(item, carried, known, policy);
    OwnCategories own = own_categories(without_senders(carried, wish), policy);
    const bool shows = own.any();
    if (known.intent)
        recall(own, *known.intent);
    const Labels labels = read_labels(own, known, policy);
    wish.labels = labels.fresh.empty() ? labels.open : labels.fresh;
    if (known.link)
        read_linked(wish, labels, own, known, policy);
    else if (!known.owed || known.owed == StateCategory::none || tag_is_new(own, known, policy))
        read_unlinked(wish, labels, item, own, known, circumstances);
    else
        wish.labels.clear(); // they are read once the answer is written
    if (wish.any() && known.intent && !shows)
        wish.rule = Rule::draft_tag;
    return wish;
}

} // namespace crmsync::match
