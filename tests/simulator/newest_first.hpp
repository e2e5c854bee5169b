#pragma once

#include "simulator/cursor.hpp"
#include "simulator/mailbox.hpp"

#include <unordered_map>
#include <vector>

namespace crmsync::sim {

/// The messages of a folder by receivedDateTime, the newest first: $orderby of a first delta round
/// (G-91). What a round is made of is sorted once; of a round nobody asked on for it is made anew.
class NewestFirst {
public:
    /// The next ones of the cursor's round that were there when it began; moves the cursor on. Once
    /// there are none left the round goes on with what changed meanwhile.
    std::vector<const Item*> take(Mailbox& mailbox, const Folder& folder, Cursor& cursor,
                                  std::size_t size);

private:
    struct Place {
        Timestamp received;
        std::uint64_t item;
    };
    using Order = std::vector<Place>;

    const Order& order_of(const Mailbox& mailbox, const Folder& folder, const Cursor& cursor);

    std::unordered_map<std::uint64_t, Order> orders_; ///< by round
};

} // namespace crmsync::sim
