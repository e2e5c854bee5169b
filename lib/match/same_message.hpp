#pragma once

#include "model/candidates.hpp"
#include "model/item.hpp"

#include <string>

namespace crmsync::match {

/// The sender as identities are compared by: the normalised address, else the folded text.
std::string identity_sender(const Item& item);

/// Whether the stored message is this very one. A Message-ID alone does not say so: it counts as
/// reused where From differs (senders_differ) or the times of sending are more than a day apart
/// (PRODUCT section 5).
bool is_same_message(const Item& item, const StoredMessage& stored);

/// The activity made from this very message, tombstones included; or nothing.
const StoredMessage* stored_message(const Item& item, const Candidates& candidates);

} // namespace crmsync::match
