#pragma once

#include "model/item.hpp"

#include <boost/json/object.hpp>

namespace crmsync::graph {

/// Fills `item` with what a message says of the properties phase 1 asks for, one line a property in
/// the table of graph_properties.cpp; what is not named there is not ours to read (G-332).
///
/// A value of a type or form it cannot have sets the item aside (Item::unreadable names the
/// property) where it bears on whether the item may be read, who it is or at which version it
/// stands; of any other property it is not said, as though it were absent. A date that none can be
/// says that there is none.
///
/// Returns whether there is a sensitivity of a number nobody knows: it is not said.
bool read_properties(const boost::json::object& object, Item& item);

} // namespace crmsync::graph
