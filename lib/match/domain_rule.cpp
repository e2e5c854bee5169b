#include "match/parties.hpp"
#include "match/public_mail.hpp"
#include "match/rules.hpp"

#include <set>

namespace crmsync::match {

std::vector<Evidence> domain_rule(const RuleInput& input)
{
    std::vector<Evidence> found;
    std::set<Domain> seen;
    for (const Participant& participant : input.item.participants.all()) {
        if (side_of(participant, input.candidates, input.policy) != Side::external)
            continue;
        const Domain domain = parse_address(participant.address)->domain();
        if (is_public_mail(domain) || !seen.insert(domain).second)
            continue;
        const auto at = input.candidates.by_domain.find(domain);
        if (at == input.candidates.by_domain.end())
            continue;
        Evidence evidence;
        for (const RecordId& id : at->second)
            if (const auto record = input.candidates.records.find(id);
                record != input.candidates.records.end() && record->second.type == "account")
                evidence.candidates.push_back(id);
        if (evidence.candidates.empty())
            continue;
        evidence.rule = Rule::account_domain;
        evidence.strength = Strength::domain;
        evidence.field = to_string(participant.role);
        evidence.reason = evidence.candidates.size() == 1 ? "domain owned by account"
                                                          : "domain owned by several accounts";
        found.push_back(std::move(evidence));
    }
    return found;
}

} // namespace crmsync::match
