#pragma once

#include "model/item.hpp"

#include <boost/json/value.hpp>

namespace crmsync::graph {

/// What transport headers tell about sensitivity; without any such header a message is normal, and
/// with one of an unknown word private, since a gate that cannot read a wish must keep to it.
Sensitivity sensitivity_in(const boost::json::value* headers);

} // namespace crmsync::graph
