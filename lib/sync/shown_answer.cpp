#include "sync/shown_answer.hpp"

#include "base/text.hpp"
#include "match/categories.hpp"

#include <algorithm>

namespace crmsync::sync {

bool shows_all(const Item& item)
{
    return item.categories.said() && item.version.has_value() && !item.version->value.empty();
}

std::vector<std::string> carried(const Item& item)
{
    return item.uncleaned_categories.value_or(item.categories.value_or({}));
}

bool may_be_kept(const std::vector<std::string>& categories)
{
    return std::all_of(categories.begin(), categories.end(),
                       [](const std::string& name) { return clean_utf8(name) == name; });
}

StateCategory state_shown(const std::vector<std::string>& categories, const match::Policy& policy)
{
    const match::OwnCategories own = match::own_categories(categories, policy);
    if (own.tracked)
        return StateCategory::tracked;
    if (own.review)
        return StateCategory::review;
    if (own.refused)
        return StateCategory::refused;
    if (own.failed)
        return StateCategory::failed;
    return StateCategory::none;
}

bool says_only(const DesiredCategories& answer, const std::vector<std::string>& categories,
               const match::Policy& policy)
{
    const match::OwnCategories own = match::own_categories(categories, policy);
    const bool one_state =
        own.tracked && !own.track && !own.review && !own.refused && !own.failed && !own.stop;
    return answer.state == StateCategory::tracked && one_state &&
           std::all_of(own.labels.begin(), own.labels.end(), [&](const std::string& label) {
               return answer.regarding && policy.same_label(*answer.regarding, label);
           });
}

} // namespace crmsync::sync
