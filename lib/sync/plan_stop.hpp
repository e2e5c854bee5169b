#pragma once

#include "sync/decided.hpp"
#include "sync/private_hash.hpp"

#include <optional>
#include <string>
#include <vector>

namespace crmsync::sync {

/// By what the thread of an item is told, and its messages as it names them.
StoppedThread thread_of(const Item& item, const PrivateHash& hash);

/// Adds that the item's thread is stopped from now on, or by this item no more.
void plan_stop(Plan& plan, const Decided& decided, const PrivateHash& hash);

} // namespace crmsync::sync
