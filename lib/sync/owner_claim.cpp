#include "sync/owner_claim.hpp"

namespace crmsync::sync {

OwnerClaim hand_claim(const Decided& decided, const PlanFacts& facts)
{
    OwnerClaim owner;
    owner.owner = facts.mailbox.owner.value_or(RecordId{});
    owner.by_person = true;
    owner.at = decided.item.modified_at.value_or(facts.now);
    owner.address = facts.mailbox.address.text;
    return owner;
}

OwnerClaim claim(const Decided& decided, const Candidates& candidates,
                 const std::vector<Party>& parties, const PlanFacts& facts)
{
    if (decided.decision.by_person)
        return hand_claim(decided, facts);
    OwnerClaim owner;
    for (const Role role : {Role::from, Role::to, Role::cc, Role::bcc})
        for (const Party& party : parties) {
            if (party.role != role)
                continue;
            const auto mailbox = candidates.mailbox_owners.find(Address{party.address});
            if (mailbox != candidates.mailbox_owners.end()) {
                owner.owner = mailbox->second;
                return owner;
            }
            if (role != Role::from || !party.record)
                continue;
            const auto record = candidates.records.find(*party.record);
            if (record != candidates.records.end() && record->second.type == "user") {
                owner.owner = *party.record;
                return owner;
            }
        }
    // Nobody the message names is one of ours: it came by a list. Every copy claims it for its own
    // mailbox; the address settles it, where a claim from above has none and goes first.
    owner.owner = facts.mailbox.owner.value_or(RecordId{});
    owner.address = facts.mailbox.address.text;
    return owner;
}

} // namespace crmsync::sync
