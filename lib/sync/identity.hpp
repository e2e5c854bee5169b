#pragma once

#include "model/item.hpp"
#include "model/plan.hpp"

#include <string_view>

namespace crmsync::sync {

/// What makes this message the same in every mailbox (PRODUCT section 5): its Message-ID, else a
/// fingerprint of From, sent time to the second, stripped subject, To and Cc and the body. In doubt
/// two activities, never one lost: bodies that differ make fingerprints that differ. A message
/// without a time of sending goes by when it was received, else made (Item::happened_at): copies of
/// it without a Message-ID are messages of their own, and those with one are found together where
/// they arrived within a day.
Identity identify(const Item& item, std::string_view body);

} // namespace crmsync::sync
