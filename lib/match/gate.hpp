#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

#include <optional>
#include <string>

namespace crmsync::match {

/// Who asks: a person may pass some gates that a rule may not (PRODUCT section 4).
enum class Asker { rule, person };

struct Closed {
    Rule gate = Rule::none;
    std::string reason; ///< for explain; no private text
};

/// The privacy gate: the first hit closes it and is named. Nothing: it is open.
///
/// Sensitivity that nobody has said yet is left open to a rule here as long as the header look is
/// still to come (`header_look_missing`), and closed after it.
std::optional<Closed> gate(const Item& item, Asker asker, const Candidates& candidates,
                           const Policy& policy, const Circumstances& circumstances);

/// Whether phase 1 left something unsaid that a rule, not a person, has to know.
bool header_look_missing(const Item& item, const Candidates& candidates,
                         const Circumstances& circumstances);

} // namespace crmsync::match
