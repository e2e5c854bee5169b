#pragma once

#include "model/item.hpp"

#include <optional>
#include <vector>

namespace crmsync {

/// Removed changes carry no item: the provider only tells the key, and it may only have left the
/// folder (G-65, G-98).
struct Change {
    ItemKey key;
    std::optional<Item> item;
    bool removed() const { return !item; }
};

struct Page {
    std::vector<Change>
        changes; ///< in no order; the same item may come twice, the later one counts (G-62)
    Cursor next;
    bool last = false; ///< caught up: `next` starts the next round
};

/// The cursor is of no use any more: read the folder again from nothing (G-70).
struct CursorExpired {};

} // namespace crmsync
