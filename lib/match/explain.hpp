#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

#include <string>
#include <vector>

namespace crmsync::match {

/// A decision as plain sentences, first what became of the item, then why, then what was found.
/// Names records and addresses: for the terminal of an admin, never for a log.
std::vector<std::string> explain(const Decision& decision, const Item& item,
                                 const Candidates& candidates, const Policy& policy,
                                 const Circumstances& circumstances);

} // namespace crmsync::match
