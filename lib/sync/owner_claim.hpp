#pragma once

#include "model/candidates.hpp"
#include "sync/make_plan.hpp"

#include <vector>

namespace crmsync::sync {

/// The claim of this mailbox's user, who tagged the item by hand.
OwnerClaim hand_claim(const Decided& decided, const PlanFacts& facts);

/// Whose activity it is, as this mailbox sees it: who tagged it by hand; for rules the sender if a
/// user, else the first enabled mailbox in To, Cc, Bcc order (PRODUCT section 5). Of all claims the
/// best wins, in whatever order they come.
OwnerClaim claim(const Decided& decided, const Candidates& candidates,
                 const std::vector<Party>& parties, const PlanFacts& facts);

} // namespace crmsync::sync
