#include "sync/identity.hpp"

#include "base/text.hpp"
#include "match/same_message.hpp"
#include "match/subject.hpp"
#include "model/sender_hash.hpp"

#include <algorithm>

namespace crmsync::sync {
namespace {

std::string comparable(const Participant& participant)
{
    const auto address = parse_address(participant.address);
    return address ? address->text : fold(trim(participant.address));
}

std::string sorted_addresses(const Said<Participants>& list)
{
    std::vector<std::string> addresses;
    if (list.has_value())
        for (const Participant& participant : *list)
            addresses.push_back(comparable(participant));
    std::sort(addresses.begin(), addresses.end());
    return join(addresses, ",");
}

} // namespace

Identity identify(const Item& item, std::string_view body)
{
    Identity identity;
    const std::string from = match::identity_sender(item);
    identity.from_hash = sender_hash(from);
    identity.sent_at = item.happened_at().value_or(Timestamp{});

    if (item.thread.message_id.has_value() && !item.thread.message_id->empty()) {
        identity.kind = 'm';
        identity.text = *item.thread.message_id;
        return identity;
    }

    const auto second = std::chrono::floor<std::chrono::seconds>(identity.sent_at);
    const Sha256 body_hash = sha256(body);
    identity.kind = 'f';
    // Unit separators keep the fields apart: none of them can hold one after cleaning.
    identity.text = from + '\x1f' + format_timestamp(second) + '\x1f' +
                    match::normalised_subject(item.subject.value_or("")) + '\x1f' +
                    sorted_addresses(item.participants.to) + '\x1f' +
                    sorted_addresses(item.participants.cc) + '\x1f' + hex(bytes_of(body_hash));
    return identity;
}

} // namespace crmsync::sync
