#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

#include <string>
#include <vector>

namespace crmsync::match {

/// What the categories of an item ask for.
struct Wish {
    Rule rule =
        Rule::none; ///< hand_tag, tracked_by_hand, draft_tag, regarding_category, rule_tag, none
    bool by_person = false; ///< a person, not an inbox rule
    /// Regarding categories to be answered, as spelled: those that are new since the item was last
    /// read, which replace earlier ones; where none is, those that were not answered yet.
    std::vector<std::string> labels;
    std::vector<std::string> senders; ///< names of ours that the sender's Keywords brought
    bool answered_before = false; ///< a state of ours on an unknown item: matched by identity, else
    bool orphan = false;          ///< from before the mailbox was read, an orphan

    bool any() const { return rule != Rule::none; }
};

/// Whether the service has already seen the item without what it carries now: it has a row, or it
/// was received before its folder's last completed round.
bool seen_before(const Item& item, const KnownItem& known, const Circumstances& circumstances);

/// Categories that were not said ask for nothing. What is owed a write has been answered: such a
/// tag asks for nothing again, unless it was not there yet when that was decided.
Wish read_wish(const Item& item, const KnownItem& known, const Policy& policy,
               const Circumstances& circumstances);

/// Names of ours among `carried` that the sender's Keywords brought.
std::vector<std::string> senders_own(const Item& item, const std::vector<std::string>& carried,
                                     const KnownItem& known, const Policy& policy);

/// The categories as read, without those the sender's Keywords brought.
std::vector<std::string> without_senders(const std::vector<std::string>& categories,
                                         const Wish& wish);

} // namespace crmsync::match
