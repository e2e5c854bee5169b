#include "sync/owner_claim.hpp"

#include "match/parties.hpp"

namespace crmsync::sync {

namespace {

/// The user with this address, whoever's mailbox asks: a party's own record is the asker's contact
/// where he has one under the same address, and every copy has to say the same.
std::optional<RecordId> user_at(const Address& address, const Candidates& candidates)
{
    const match::Resolution found = match::resolve(address, candidates, std::nullopt);
    if (!found.unique() || candidates.records.at(found.records.front()).type != "user")
        return std::nullopt;
    return found.records.front();
}

} // namespace

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
            const Address address{party.address};
            std::optional<RecordId> whose = candidates.mailbox_owner(address);
            if (!whose && role == Role::from)
                whose = user_at(address, candidates);
            if (whose) {
                owner.owner = *whose;
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
