#pragma once

#include "simulator/item.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crmsync::sim {

/// The id of a single-value extended property in one spelling: "string 0x1042",
/// "integer {guid} id 0x8012", "string {guid} name CrmKey" (names keep their case).
/// Nothing when it is no such id.
std::optional<std::string> canonical_property_id(std::string_view id);

/// The value of a property, those that follow from the item's other members included.
std::optional<std::string> extended_value(const Item& item, std::string_view canonical_id);

void set_extended(Item& item, std::string_view canonical_id, std::string value);

} // namespace crmsync::sim
