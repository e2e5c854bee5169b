#pragma once

#include "match/policy.hpp"
#include "model/write_back.hpp"

#include <string>
#include <vector>

namespace crmsync::sync {

/// What of ours an item says once `categories` is what it carries.
StateCategory state_shown(const std::vector<std::string>& categories, const match::Policy& policy);

/// Whether what an item carries holds nothing of ours but this answer: no wish that came while it
/// was owed, and is read when its echo comes.
bool says_only(const DesiredCategories& answer, const std::vector<std::string>& categories,
               const match::Policy& policy);

} // namespace crmsync::sync
