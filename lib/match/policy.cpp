#include "match/policy.hpp"

#include "base/text.hpp"
#include "match/effective.hpp"

namespace crmsync::match {

namespace {

void set_name(Policy& policy, StateCategory state, const std::string& text)
{
    policy.states[static_cast<std::size_t>(state)] = {text, name_key(text)};
}

StateCategory state_of_folded(const Policy& policy, std::string_view folded)
{
    for (std::size_t i = 1; i < policy.states.size(); ++i)
        if (!folded.empty() && policy.states[i].folded == folded)
            return static_cast<StateCategory>(i);
    return StateCategory::none;
}

} // namespace

const std::string& Policy::name(StateCategory state) const
{
    return states[static_cast<std::size_t>(state)].text;
}

StateCategory Policy::state_of(std::string_view category) const
{
    return state_of_folded(*this, name_key(category));
}

std::optional<std::string> Policy::label_of(std::string_view category) const
{
    const std::string folded = name_key(category);
    if (regarding_prefix.empty() || !folded.starts_with(regarding_prefix) ||
        state_of_folded(*this, folded) != StateCategory::none)
        return std::nullopt;
    const std::string_view label = trim(std::string_view(folded).substr(regarding_prefix.size()));
    if (label.empty())
        return std::nullopt;
    return std::string(label);
}

bool Policy::is_ours(std::string_view category) const
{
    return state_of(category) != StateCategory::none || label_of(category).has_value();
}

Policy make_policy(const Settings& settings)
{
    const auto& tracking = settings.tracking;
    Policy policy;
    set_name(policy, StateCategory::track, tracking.track_category);
    set_name(policy, StateCategory::tracked, tracking.tracked_category);
    set_name(policy, StateCategory::review, tracking.review_category);
    set_name(policy, StateCategory::refused, tracking.refused_category);
    set_name(policy, StateCategory::failed, tracking.failed_category);
    policy.regarding_prefix = name_key(tracking.regarding_prefix);
    for (const std::string& text : tracking.own_domains)
        if (auto domain = parse_domain(text))
            policy.own_domains.insert(std::move(*domain));
    policy.internal_only = settings.privacy.internal_only != "track";
    policy.history = std::chrono::days(settings.sync.history_days);
    policy.ceiling = ceiling_mode(settings);
    policy.never_folders = read_never_folders(settings.privacy.never_folders);
    return policy;
}

} // namespace crmsync::match
