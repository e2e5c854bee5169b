#include "match/rules.hpp"

#include <array>
#include <iterator>

namespace crmsync::match {

namespace {

constexpr std::array<FindEvidence, 3> by_strength = {header_rule, address_rule, domain_rule};

} // namespace

std::vector<Evidence> find_evidence(const RuleInput& input)
{
    std::vector<Evidence> all;
    for (const FindEvidence rule : by_strength) {
        auto found = rule(input);
        all.insert(all.end(), std::make_move_iterator(found.begin()),
                   std::make_move_iterator(found.end()));
    }
    return all;
}

} // namespace crmsync::match
