#pragma once

#include "match/policy.hpp"
#include "model/item.hpp"
#include "model/write_back.hpp"

#include <string>
#include <vector>

namespace crmsync::sync {

/// Whether a list of categories may be written in the place of what this look shows. What is not
/// said is not known, and without a version nothing tells when it has changed.
bool shows_all(const Item& item);

/// What an item carries, to be written back as it is but for what is ours.
std::vector<std::string> carried(const Item& item);

/// Names with characters that were cleaned away are not kept: read again before they are written.
bool may_be_kept(const std::vector<std::string>& categories);

/// What of ours an item says once `categories` is what it carries.
StateCategory state_shown(const std::vector<std::string>& categories, const match::Policy& policy);

/// Whether what an item carries holds nothing of ours but this answer: no wish that came while it
/// was owed, and is read when its echo comes.
bool says_only(const DesiredCategories& answer, const std::vector<std::string>& categories,
               const match::Policy& policy);

} // namespace crmsync::sync
