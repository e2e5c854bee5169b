#pragma once

#include "simulator/item.hpp"

#include <boost/json/object.hpp>

#include <cstdint>

namespace crmsync::sim {

/// Applies the properties of a request's message to an item: those of a draft, or those that may
/// still change in received mail. Throws GraphError for a property that does not exist, may not be
/// written or has a wrong value; the item is then half changed and must be thrown away.
/// Gives the bits of what was written.
std::uint64_t apply_message(Item& item, const boost::json::object& body, bool draft);

/// An attachment as a request writes it; throws GraphError where Graph would refuse.
Attachment read_attachment(const boost::json::object& body, Timestamp now);

} // namespace crmsync::sim
