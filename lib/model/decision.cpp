#include "model/decision.hpp"

namespace crmsync {

std::string_view to_string(Outcome outcome)
{
    switch (outcome) {
    case Outcome::tracked:
        return "tracked";
    case Outcome::ignored:
        return "ignored";
    case Outcome::refused:
        return "refused";
    case Outcome::untracked:
        return "untracked";
    case Outcome::held:
        return "held";
    case Outcome::failed:
        return "failed";
    }
    return "";
}

std::string_view to_string(Rule rule)
{
    switch (rule) {
    case Rule::none:
        return "none";
    case Rule::hand_tag:
        return "hand_tag";
    case Rule::tracked_by_hand:
        return "tracked_by_hand";
    case Rule::draft_tag:
        return "draft_tag";
    case Rule::regarding_category:
        return "regarding_category";
    case Rule::rule_tag:
        return "rule_tag";
    case Rule::header_reference:
        return "header_reference";
    case Rule::exact_address:
        return "exact_address";
    case Rule::account_domain:
        return "account_domain";
    case Rule::identity:
        return "identity";
    case Rule::shared:
        return "shared";
    case Rule::orphan_category:
        return "orphan_category";
    case Rule::mode_all:
        return "mode_all";
    case Rule::gate_rights_protected:
        return "gate_rights_protected";
    case Rule::gate_sensitivity:
        return "gate_sensitivity";
    case Rule::gate_internal_only:
        return "gate_internal_only";
    case Rule::gate_folder:
        return "gate_folder";
    case Rule::gate_automatic:
        return "gate_automatic";
    case Rule::gate_meeting:
        return "gate_meeting";
    case Rule::gate_ceiling:
        return "gate_ceiling";
    case Rule::guard_many:
        return "guard_many";
    case Rule::guard_category:
        return "guard_category";
    case Rule::pinned:
        return "pinned";
    case Rule::stopped:
        return "stopped";
    }
    return "";
}

std::string_view to_string(PartyResolution resolution)
{
    switch (resolution) {
    case PartyResolution::resolved:
        return "resolved";
    case PartyResolution::unresolved:
        return "unresolved";
    case PartyResolution::ambiguous:
        return "ambiguous";
    }
    return "";
}

std::string_view to_string(Direction direction)
{
    switch (direction) {
    case Direction::incoming:
        return "incoming";
    case Direction::outgoing:
        return "outgoing";
    case Direction::internal:
        return "internal";
    }
    return "";
}

} // namespace crmsync
