#pragma once

#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/mailbox.hpp"
#include "sync/decided.hpp"
#include "sync/private_hash.hpp"
#include "sync/turn_context.hpp"

namespace crmsync::sync {

/// What planning needs to know besides the items.
struct PlanFacts {
    const Mailbox& mailbox;
    const PolicySnapshot& rules;
    const PrivateHash& hash;
    Timestamp now;
};

/// Adds what a decided item without a new body makes of the world: its decision, the answer it is
/// owed, what is newly known about its link.
void plan_decided(Plan& plan, const Decided& decided, const PlanFacts& facts);

/// Adds an accepted item with its body: the activity, its parties, its link, its answer.
void plan_tracked(Plan& plan, const Decided& decided, Fetched fetched, const Candidates& candidates,
                  const PlanFacts& facts);

/// Adds a copy of what another mailbox tracks: its link, its answer, and whom it names that others
/// do not.
void plan_shared(Plan& plan, const Decided& decided, const Candidates& candidates,
                 const PlanFacts& facts);

/// Adds an item that could not be handled. A wish whose retries are used up is answered CRM Failed.
void plan_parked(Plan& plan, const Decided& decided, std::string reason, bool transient,
                 const PlanFacts& facts);

/// How often a parked item is tried before it waits for a person: over an hour and more, since a
/// provider's bad hour is no reason to lose a message.
inline constexpr int park_attempts = 10;

} // namespace crmsync::sync
