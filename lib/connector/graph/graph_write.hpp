#pragma once

#include "connector/connector.hpp"
#include "connector/graph/graph_batch.hpp"
#include "connector/graph/graph_error.hpp"
#include "connector/graph/graph_urls.hpp"

namespace crmsync::graph {

/// The part of a batch that writes an item's categories: the whole list, as Graph replaces it
/// (G-132), only at the expected version, and with a minimal answer asked for.
Part category_part(const CategoryWrite& write, const Urls& urls);

/// The part that adds a category to the master list.
Part master_category_part(const MasterCategory& category, const Urls& urls);

/// The version after a write: from the ETag header or not at all (the body is never read).
std::optional<Version> version_after(const PartAnswer& answer);

/// {"value": [{"displayName": …, "color": "preset7"}, …]}
std::vector<MasterCategory> read_master_categories(const boost::json::value& answer);

} // namespace crmsync::graph
