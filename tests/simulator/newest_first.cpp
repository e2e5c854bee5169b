#include "simulator/newest_first.hpp"

#include <algorithm>

namespace crmsync::sim {

const NewestFirst::Order& NewestFirst::order_of(const Mailbox& mailbox, const Folder& folder,
                                                const Cursor& cursor)
{
    const auto known = orders_.find(cursor.round);
    if (known != orders_.end())
        return known->second;
    constexpr std::size_t most_rounds = 1'000;
    if (orders_.size() >= most_rounds)
        orders_.clear();
    Order& order = orders_[cursor.round];
    for (const ChangeLog::Entry& entry : folder.log.entries()) {
        const auto item = mailbox.items().find(entry.item);
        if (item != mailbox.items().end() && item->second->folder == folder.serial &&
            item->second->change == entry.change && item->second->arrived <= cursor.first_end &&
            item->second->received >= cursor.floor)
            order.push_back({item->second->received, entry.item});
    }
    std::sort(order.begin(), order.end(), [](const Place& a, const Place& b) {
        return a.received != b.received ? a.received > b.received : a.item > b.item;
    });
    return order;
}

std::vector<const Item*> NewestFirst::take(Mailbox& mailbox, const Folder& folder, Cursor& cursor,
                                           std::size_t size)
{
    const Order& order = order_of(mailbox, folder, cursor);
    const bool at_begin = cursor.last_item == 0;
    // Sorted as order_of did it: those told come first.
    auto place = std::partition_point(order.begin(), order.end(), [&](const Place& p) {
        return !at_begin && (p.received != cursor.last_received ? p.received > cursor.last_received
                                                                : p.item >= cursor.last_item);
    });
    std::vector<const Item*> items;
    for (; place != order.end() && items.size() < size; ++place) {
        cursor.last_received = place->received;
        cursor.last_item = place->item;
        const Item* const item = mailbox.item(place->item);
        if (item && item->folder == folder.serial)
            items.push_back(item);
    }
    if (place == order.end()) {
        cursor.newest_first = false;
        cursor.position = cursor.first_end;
        orders_.erase(cursor.round);
    }
    return items;
}

} // namespace crmsync::sim
