#pragma once

#include "match/rules.hpp"
#include "match/wish.hpp"

// The steps of decide(), one file each: what is new on a linked item, and what becomes of one
// that has no link. Not for use outside this folder.
namespace crmsync::match {

/// All that one decision is made from.
struct Case {
    const Item& item;
    const KnownItem& known;
    const Candidates& candidates;
    const Policy& policy;
    const Circumstances& circumstances;
    const Wish& wish;

    RuleInput rule_input() const { return {item, candidates, policy, circumstances}; }
    /// The activity made from this very message, tombstones included; or nothing.
    const StoredMessage* stored() const;
    /// Whether it is, or becomes by a tag here, this mailbox's to say what it is about.
    bool is_owners() const;
};

/// Nothing is written to a draft, and nothing stored: what it asks for is kept until it is sent.
Decision decide_draft(const Item& item, const KnownItem& known, const Policy& policy,
                      const Circumstances& circumstances);
Decision decide_linked(const Case& c);
Decision decide_owed(const Case& c);
Decision decide_unlinked(const Case& c);

/// Of a linked item whose activity came back: it says again that it is tracked.
void restore_mark(Decision& decision, const Case& c);
/// Of a linked item that answers a message stored after it: what that says it is about.
void weigh_again(Decision& decision, const Case& c);

/// The rule by which a mode tracks an item, besides wishes; Rule::none if it does not.
Rule rule_of_mode(Mode mode, const Case& c, const std::vector<Evidence>& evidence);

/// Puts the answer into the decision, and whether the item does not say it already.
void answer(Decision& decision, DesiredCategories desired, const Case& c);

/// The regarding of an item that is to be tracked, its evidence, and the state to answer:
/// `review` where a person asked and must choose, else `tracked`.
DesiredCategories settle_regarding(Decision& decision, const Case& c, std::vector<Evidence> found);

} // namespace crmsync::match
