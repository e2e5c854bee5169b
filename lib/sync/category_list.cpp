#include "sync/category_list.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace crmsync::sync {

namespace asio = boost::asio;

std::vector<MasterCategory> state_categories(const Settings::Tracking& tracking)
{
    // Outlook's presets: 7 blue, 4 green, 1 orange, 12 grey, 0 red.
    return {{tracking.track_category, 7},
            {tracking.tracked_category, 4},
            {tracking.review_category, 1},
            {tracking.refused_category, 12},
            {tracking.failed_category, 0}};
}

asio::awaitable<void> ensure_categories(const TurnContext& context)
{
    const std::vector<MasterCategory> present = co_await context.connector.master_categories();
    std::vector<MasterCategory> missing = state_categories(context.rules->settings.tracking);
    std::erase_if(missing, [&](const MasterCategory& wanted) {
        return std::any_of(present.begin(), present.end(), [&](const MasterCategory& there) {
            return same_folded(there.name, wanted.name);
        });
    });
    if (!missing.empty())
        co_await context.connector.add_master_categories(std::move(missing));
}

} // namespace crmsync::sync
