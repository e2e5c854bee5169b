#pragma once

#include "bench/line.hpp"
#include "bench/table.hpp"

namespace crmsync::bench {

/// Time and processor time of a load.
void add_cost(Table& table, const Cost& cost, const Load& load);

/// Requests by purpose, and against what they may be at most: a page of a hundred rows, a body and
/// a write for every message in batches of twenty, twenty a folder. Header looks and what asks
/// again by itself are counted apart.
void add_requests(Table& table, const Cost& cost, const Load& load, Line& line);

/// What the dearest statements took: milliseconds executing, in processes that also wait for their
/// turn, and how often each ran. To be asked before anything else is.
Table statements(Line& line);

} // namespace crmsync::bench
