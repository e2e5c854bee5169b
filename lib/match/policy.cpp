#include "match/policy.hpp"

#include "base/text.hpp"
#include "match/effective.hpp"

namespace crmsync::match {

namespace {

void set_name(Policy& policy, StateCategory state, const std::string& text)
{
    policy.states[static_cast<std::size_t>(state)] = {text, name_key(text)};
    policy.understood.emplace(name_key(text), state);
}

void add_prefix(Policy& policy, const std::string& text)
{
    const std::string folded = name_key(text);
    if (!folded.empty() &&
        std::find(policy.prefixes.begin(), policy.prefixes.end(), folded) == policy.prefixes.end())
        policy.prefixes.push_back(folded);
}

StateCategory state_of_folded(const Policy& policy, std::string_view folded)
{
    const auto at = folded.empty() ? policy.understood.end() : policy.understood.find(folded);
    return at == policy.understood.end() ? StateCategory::none : at->second;
}

/// The prefix that a folded category begins with and that is not all of it.
const std::string* prefix_of(const Policy& policy, std::string_view folded)
{
    for (const std::string& prefix : policy.prefixes)
        if (folded.starts_with(prefix) && !trim(folded.substr(prefix.size())).empty())
            return &prefix;
    return nullptr;
}

/// What stands behind a prefix, as it is spelled.
std::string behind(std::string_view category, const std::string& prefix)
{
    for (std::size_t end = 1; end < category.size(); ++end)
        if (name_key(category.substr(0, end)) == prefix)
            return std::string(trim(category.substr(end)));
    return std::string(category);
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
    const std::string* prefix = prefix_of(*this, folded);
    if (prefix == nullptr || state_of_folded(*this, folded) != StateCategory::none)
        return std::nullopt;
    return std::string(trim(std::string_view(folded).substr(prefix->size())));
}

std::string Policy::present_name(const std::string& category) const
{
    const std::string folded = name_key(category);
    if (const StateCategory state = state_of_folded(*this, folded); state != StateCategory::none) {
        const Name& present = states[static_cast<std::size_t>(state)];
        return present.folded == folded ? category : present.text;
    }
    const std::string* prefix = prefix_of(*this, folded);
    if (prefix == nullptr || *prefix == regarding_prefix || prefix_text.empty())
        return category;
    return prefix_text + " " + behind(category, *prefix);
}

bool Policy::same_label(std::string_view a, std::string_view b) const
{
    const auto label = label_of(a);
    return label && label == label_of(b);
}

bool Policy::is_ours(std::string_view category) const
{
    return state_of(category) != StateCategory::none || label_of(category).has_value();
}

Policy make_policy(const Settings& settings, const std::vector<OtherName>& others)
{
    const auto& tracking = settings.tracking;
    Policy policy;
    set_name(policy, StateCategory::track, tracking.track_category);
    set_name(policy, StateCategory::tracked, tracking.tracked_category);
    set_name(policy, StateCategory::review, tracking.review_category);
    set_name(policy, StateCategory::refused, tracking.refused_category);
    set_name(policy, StateCategory::failed, tracking.failed_category);
    set_name(policy, StateCategory::stop, tracking.stop_category);
    policy.regarding_prefix = name_key(tracking.regarding_prefix);
    policy.prefix_text = trim(tracking.regarding_prefix);
    add_prefix(policy, tracking.regarding_prefix);
    for (const OtherName& other : others) {
        if (other.state == StateCategory::none)
            add_prefix(policy, other.name);
        else if (!name_key(other.name).empty())
            policy.understood.emplace(name_key(other.name), other.state);
    }
    std::stable_sort(
        policy.prefixes.begin(), policy.prefixes.end(),
        [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
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
