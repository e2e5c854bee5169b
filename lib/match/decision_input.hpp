#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/item.hpp"

#include <string>

namespace crmsync::match {

/// Everything about an item that a decision depends on, in one canonical text: two items with the
/// same text differ in nothing that matters. For a keyed hash; it holds addresses.
///
/// An equal input means that the decision row needs no write. It never means that no answer is
/// owed: a wish that is repeated looks the same as the first time.
std::string decision_input(const Item& item, const Policy& policy,
                           const Circumstances& circumstances);

} // namespace crmsync::match
