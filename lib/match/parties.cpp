#include "match/parties.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace crmsync::match {

namespace {

constexpr std::array<std::string_view, 4> types_by_rank = {"user", "contact", "account", "lead"};

std::size_t rank_of(const Record& record)
{
    const auto* at = std::find(types_by_rank.begin(), types_by_rank.end(), record.type);
    return static_cast<std::size_t>(at - types_by_rank.begin());
}

bool is_exchange_name(std::string_view address)
{
    std::string folded = fold(trim(address));
    if (folded.starts_with("ex:"))
        folded.erase(0, 3);
    return folded.starts_with("/o=");
}

/// from and sender are one role to the CRM: who it came from.
Role party_role(Role role) { return role == Role::sender ? Role::from : role; }

bool names_somebody(const Participant& participant)
{
    return !trim(participant.address).empty() || !trim(participant.name).empty();
}

} // namespace

Side side_of(const Participant& participant, const Candidates& candidates, const Policy& policy)
{
    const auto address = parse_address(participant.address);
    if (!address)
        return is_exchange_name(participant.address) ? Side::own : Side::unknown;
    if (policy.own_domains.contains(address->domain()) ||
        candidates.mailbox_owners.contains(*address))
        return Side::own;
    return Side::external;
}

std::optional<Participant> sender_of(const Item& item)
{
    for (const auto* list : {&item.participants.from, &item.participants.sender})
        if (list->has_value())
            for (const Participant& participant : **list)
                if (!trim(participant.address).empty())
                    return participant;
    return std::nullopt;
}

bool sent_by_user(const Item& item, const Candidates& candidates,
                  const Circumstances& circumstances)
{
    const auto sender = sender_of(item);
    const auto address = sender ? parse_address(sender->address) : std::nullopt;
    if (!address)
        return false;
    if (*address == circumstances.mailbox)
        return true;
    const auto whose = candidates.mailbox_owner(*address);
    return whose && whose == circumstances.mailbox_owner;
}

bool has_external(const Item& item, const Candidates& candidates, const Policy& policy)
{
    const Participants everybody = item.participants.all();
    return std::any_of(everybody.begin(), everybody.end(), [&](const Participant& participant) {
        return side_of(participant, candidates, policy) == Side::external;
    });
}

Direction direction_of(const Item& item, const Candidates& candidates, const Policy& policy)
{
    const auto sender = sender_of(item);
    if (!sender || side_of(*sender, candidates, policy) != Side::own)
        return Direction::incoming;
    return has_external(item, candidates, policy) ? Direction::outgoing : Direction::internal;
}

Resolution resolve(const Address& address, const Candidates& candidates,
                   std::optional<RecordId> mailbox_owner)
{
    const auto found = candidates.by_address.find(address);
    if (found == candidates.by_address.end())
        return {};
    std::vector<const Record*> records;
    for (const RecordId& id : found->second)
        if (const auto at = candidates.records.find(id);
            at != candidates.records.end() &&
            std::find(records.begin(), records.end(), &at->second) == records.end())
            records.push_back(&at->second);

    if (const auto owned =
            [&](const Record* r) { return mailbox_owner && r->owner == mailbox_owner; };
        std::any_of(records.begin(), records.end(), owned))
        std::erase_if(records, [&](const Record* r) { return !owned(r); });
    std::size_t best = types_by_rank.size();
    for (const Record* record : records)
        best = std::min(best, rank_of(*record));
    std::erase_if(records, [&](const Record* r) { return rank_of(*r) != best; });

    Resolution resolution;
    for (const Record* record : records)
        resolution.records.push_back(record->id);
    return resolution;
}

std::vector<Party> parties_of(const Item& item, const Candidates& candidates,
                              std::optional<RecordId> mailbox_owner)
{
    std::vector<Party> parties;
    for (const Participant& participant : item.participants.all()) {
        if (!names_somebody(participant))
            continue;
        Party party;
        party.role = party_role(participant.role);
        party.name = trim(participant.name);
        const auto address = parse_address(participant.address);
        party.address = address ? address->text : std::string(trim(participant.address));
        const bool known = std::any_of(parties.begin(), parties.end(), [&](const Party& other) {
            return other.role == party.role && other.address == party.address &&
                   (!party.address.empty() || other.name == party.name);
        });
        if (known)
            continue;
        if (address) {
            const Resolution resolution = resolve(*address, candidates, mailbox_owner);
            if (resolution.unique()) {
                party.record = resolution.records.front();
                party.resolution = PartyResolution::resolved;
                party.is_list = candidates.records.at(*party.record).type == "list";
            } else if (!resolution.records.empty()) {
                party.resolution = PartyResolution::ambiguous;
            }
        }
        parties.push_back(std::move(party));
    }
    return parties;
}

} // namespace crmsync::match
