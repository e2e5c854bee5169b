#pragma once

#include "model/decision.hpp"

#include <string>

namespace crmsync::sync {

/// Evidence as it is kept: a JSON list. Of an item that is not tracked the outcome and what decided
/// it say all that may be known of it, so the list is empty.
std::string evidence_json(const Decision& decision);

} // namespace crmsync::sync
