#pragma once

#include "model/item.hpp"
#include "model/plan.hpp"

#include <string_view>

namespace crmsync::sync {

/// What makes this message the same in every mailbox (PRODUCT section 5): its Message-ID, else a
/// fingerprint of From, sent time to the second, stripped subject, To and Cc and the body. In doubt
/// two activities, never one lost: bodies that differ make fingerprints that differ.
Identity identify(const Item& item, std::string_view body);

} // namespace crmsync::sync
