#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

#include <vector>

namespace crmsync::match {

/// What a rule may look at.
struct RuleInput {
    const Item& item;
    const Candidates& candidates;
    const Policy& policy;
    const Circumstances& circumstances;
};

// A rule tells what it found and decides nothing: decide() weighs.
using FindEvidence = std::vector<Evidence> (*)(const RuleInput&);

/// In-Reply-To, else the newest of References, names a stored message. A fork inherits nothing.
std::vector<Evidence> header_rule(const RuleInput& input);
/// A record holds the exact address of somebody outside.
std::vector<Evidence> address_rule(const RuleInput& input);
/// An account owns the domain of an address outside; never a public mail domain.
std::vector<Evidence> domain_rule(const RuleInput& input);

/// What all rules found, strongest rule first. A new rule is a file and a line in the list behind
/// this function.
std::vector<Evidence> find_evidence(const RuleInput& input);

/// The message ids an item names as its parents, nearest first, without itself; at most 50.
std::vector<std::string> parents_of(const Item& item);

} // namespace crmsync::match
