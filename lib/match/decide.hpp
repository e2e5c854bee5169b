#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

namespace crmsync::match {

/// What the CRM has to be asked before an item can be decided. Queries of a page are merged.
CandidateQuery wanted(const Item& item, const Policy& policy);
/// And for the labels its draft carried.
CandidateQuery wanted(const Intent& intent, const Policy& policy);

/// Whether its decision can depend on what the CRM knows. A linked item of which nothing is new, as
/// the echo of the service's own write, asks nothing.
bool asks_crm(const Item& item, const KnownItem& known, const Policy& policy,
              const Circumstances& circumstances);

/// The only place that weighs: wishes, gates, modes and evidence become one answer.
///
/// The item must be complete (Item::complete). Where `needs_header_look` comes back, the item is
/// `ignored` for now: read its transport headers, leave `Message::automatic` said (empty where
/// there are none) and decide again. If it comes back a second time, the item stays ignored.
///
/// For an item that is linked already, `tracked` with rule `none` means that nothing is new: keep
/// the decision row as it is. A regarding change is said by `regarding_by_person` with `regarding`,
/// or by `regarding_cleared`.
Decision decide(const Item& item, const KnownItem& known, const Candidates& candidates,
                const Policy& policy, const Circumstances& circumstances);

} // namespace crmsync::match
