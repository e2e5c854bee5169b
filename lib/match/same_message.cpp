#include "match/same_message.hpp"

#include "base/text.hpp"
#include "model/sender_hash.hpp"

#include <chrono>

namespace crmsync::match {

std::string identity_sender(const Item& item)
{
    const auto& list =
        item.participants.from.has_value() ? item.participants.from : item.participants.sender;
    if (!list.has_value() || list->empty())
        return {};
    const auto address = parse_address(list->front().address);
    return address ? address->text : fold(trim(list->front().address));
}

bool is_same_message(const Item& item, const StoredMessage& stored)
{
    constexpr std::chrono::hours apart{24};
    if (!stored.sent)
        return true;
    const auto& [from, at] = *stored.sent;
    const Timestamp happened = item.happened_at().value_or(Timestamp{});
    const auto between = at > happened ? at - happened : happened - at;
    return between <= apart && !senders_differ(from, sender_hash(identity_sender(item)));
}

const StoredMessage* stored_message(const Item& item, const Candidates& candidates)
{
    if (!item.thread.message_id.has_value())
        return nullptr;
    const auto at = candidates.by_message_id.find(*item.thread.message_id);
    if (at == candidates.by_message_id.end())
        return nullptr;
    if (is_same_message(item, at->second))
        return &at->second;
    const auto others = candidates.reused.find(at->first);
    if (others == candidates.reused.end())
        return nullptr;
    for (const StoredMessage& other : others->second)
        if (is_same_message(item, other))
            return &other;
    return nullptr;
}

} // namespace crmsync::match
