#include "match/parties.hpp"
#include "match/rules.hpp"

#include <set>
#include <string>

namespace crmsync::match {

namespace {

/// Colleagues and distribution lists say nothing about which customer a message is for.
bool is_colleague(const Record& record)
{
    return record.type == "user" || record.type == "team" || record.type == "list";
}

} // namespace

std::vector<Evidence> address_rule(const RuleInput& input)
{
    std::vector<Evidence> found;
    std::set<Address> seen;
    for (const Participant& participant : input.item.participants.all()) {
        if (side_of(participant, input.candidates, input.policy) != Side::external)
            continue;
        const auto address = parse_address(participant.address);
        if (!address || *address == input.circumstances.mailbox || !seen.insert(*address).second)
            continue;
        const Resolution resolution =
            resolve(*address, input.candidates, input.circumstances.mailbox_owner);
        Evidence evidence;
        for (const RecordId& id : resolution.records)
            if (!is_colleague(input.candidates.records.at(id)))
                evidence.candidates.push_back(id);
        if (evidence.candidates.empty())
            continue;
        evidence.rule = Rule::exact_address;
        evidence.strength = Strength::address;
        evidence.field = to_string(participant.role);
        const std::string& type = input.candidates.records.at(evidence.candidates.front()).type;
        evidence.reason = evidence.candidates.size() == 1
                              ? "address held by " + type
                              : "address held by several records of type " + type;
        found.push_back(std::move(evidence));
    }
    return found;
}

} // namespace crmsync::match
