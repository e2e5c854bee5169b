#pragma once

#include "match/weighing.hpp"

namespace crmsync::match {

/// What is new about CRM Stop on an item: set (true), taken off (false). It ends tracking of the
/// item's thread by rules; what is stored stays, and a person's wish outranks it.
std::optional<bool> read_stop(const Item& item, const KnownItem& known, const Policy& policy);

/// Whether the sender's Keywords may have brought it: of an item that is seen for the first time
/// the transport headers have to be read before it is believed.
bool stop_is_unproven(const Item& item, const KnownItem& known, const Policy& policy);

/// Whether the item is of a stopped thread: by its own category, or by that of another item.
bool is_stopped(const Case& c);

} // namespace crmsync::match
