#pragma once

#include "base/digest.hpp"

#include <string_view>

namespace crmsync {

/// Who sent a message, as two messages with one Message-ID are told apart by: a digest of the
/// normalised address, or of the folded text where it is none. That of an X.500 name is marked as
/// such.
Sha256 sender_hash(std::string_view sender);

/// Whether it was made of an X.500 name, which says nothing about the person's mail address.
bool is_x500_sender(const Sha256& sender);

/// Whether these are two senders. Exchange shows one and the same as an X.500 name in one copy and
/// by the mail address in another, so only what is of the same kind differs. No sender is nobody
/// else's.
bool senders_differ(const Sha256& one, const Sha256& other);

} // namespace crmsync
