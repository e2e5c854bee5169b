#include "match/categories.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace crmsync::match {

OwnCategories own_categories(const std::vector<std::string>& categories, const Policy& policy)
{
    OwnCategories own;
    for (const std::string& category : categories) {
        switch (policy.state_of(category)) {
        case StateCategory::track:
            own.track = true;
            break;
        case StateCategory::tracked:
            own.tracked = true;
            break;
        case StateCategory::review:
            own.review = true;
            break;
        case StateCategory::refused:
            own.refused = true;
            break;
        case StateCategory::failed:
            own.failed = true;
            break;
        case StateCategory::stop:
            own.stop = true;
            break;
        case StateCategory::none:
            if (policy.label_of(category) && !contains_label(own.labels, category, policy))
                own.labels.push_back(category);
            break;
        }
    }
    return own;
}

bool contains_folded(const std::vector<std::string>& names, std::string_view name)
{
    const std::string wanted = name_key(name);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& other) { return name_key(other) == wanted; });
}

bool contains_label(const std::vector<std::string>& labels, std::string_view label,
                    const Policy& policy)
{
    return std::any_of(labels.begin(), labels.end(),
                       [&](const std::string& other) { return policy.same_label(other, label); });
}

std::vector<std::string> by_present_names(const std::vector<std::string>& categories,
                                          const Policy& policy)
{
    std::vector<std::string> renamed;
    for (const std::string& category : categories) {
        std::string name = policy.present_name(category);
        const bool changed = name != category;
        // Both names of one meaning become one.
        if (changed && (contains_folded(categories, name) || contains_folded(renamed, name)))
            continue;
        renamed.push_back(std::move(name));
    }
    return renamed;
}

std::vector<std::string> apply(const DesiredCategories& desired,
                               const std::vector<std::string>& current, const Policy& policy)
{
    if (desired.rename)
        return by_present_names(current, policy);
    bool label_kept = false;
    bool state_kept = false;
    std::vector<std::string> result;
    result.reserve(current.size() + 1);
    for (const std::string& category : current) {
        const auto state = policy.state_of(category);
        if (state == StateCategory::stop) {
            if (contains_folded(desired.take_off, category))
                continue;
        } else if (state != StateCategory::none) {
            if (state != desired.state || state_kept)
                continue;
            state_kept = true;
        } else if (policy.label_of(category)) {
            const bool is_desired =
                desired.regarding && policy.same_label(category, *desired.regarding);
            if (is_desired && label_kept)
                continue;
            if (!is_desired && contains_folded(desired.take_off, category))
                continue;
            label_kept = label_kept || is_desired;
        }
        result.push_back(policy.present_name(category));
    }
    if (desired.state != StateCategory::none && !state_kept)
        result.push_back(policy.name(desired.state));
    if (desired.restore && desired.regarding && !label_kept)
        result.push_back(policy.present_name(*desired.regarding));
    return result;
}

} // namespace crmsync::match
