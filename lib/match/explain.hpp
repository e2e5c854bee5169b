#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::match {

/// A decision as plain sentences, first what became of the item, then why, then what was found.
/// Names records and addresses: for the terminal of an admin, never for a log.
std::vector<std::string> explain(const Decision& decision, const Item& item,
                                 const Candidates& candidates, const Policy& policy,
                                 const Circumstances& circumstances);

/// A decision of the past as one sentence, from the words of sync.decision: what became of the
/// item, and why. Still true when the item has been answered meanwhile and would be decided
/// otherwise. What failed did not fail for its rule: `failure` says why, where that is known.
std::string explain_stored(std::string_view outcome, std::string_view rule,
                           std::string_view failure = {});

} // namespace crmsync::match
