#include "sync/shown_answer.hpp"

#include "match/categories.hpp"

#include <algorithm>

namespace crmsync::sync {

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
