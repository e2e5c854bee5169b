#include "sync/category_list.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "store/held_untracks.hpp"
#include "sync/note_event.hpp"
#include "sync/present_names.hpp"

#include <algorithm>
#include <optional>

namespace crmsync::sync {

namespace asio = boost::asio;

std::vector<MasterCategory> state_categories(const Settings::Tracking& tracking)
{
    // Outlook's presets: 7 blue, 4 green, 1 orange, 12 grey, 0 red, 14 black.
    return {{tracking.track_category, 7},  {tracking.tracked_category, 4},
            {tracking.review_category, 1}, {tracking.refused_category, 12},
            {tracking.failed_category, 0}, {tracking.stop_category, 14}};
}

namespace {

bool concerns_the_mailbox(Reaction reaction)
{
    return reaction == Reaction::reauthorise || reaction == Reaction::stop ||
           reaction == Reaction::give_back;
}

asio::awaitable<void> add_missing(const TurnContext& context, CategoryCheck& check)
{
    const std::vector<MasterCategory> present = co_await context.connector.master_categories();
    check.tracked_was_there =
        std::any_of(present.begin(), present.end(), [&](const MasterCategory& there) {
            return context.rules->policy.state_of(there.name) == StateCategory::tracked;
        });
    std::vector<MasterCategory> missing = state_categories(context.rules->settings.tracking);
    std::erase_if(missing, [&](const MasterCategory& wanted) {
        return std::any_of(present.begin(), present.end(), [&](const MasterCategory& there) {
            return same_name(there.name, wanted.name);
        });
    });
    std::vector<std::string> names;
    for (const MasterCategory& category : missing)
        names.push_back(category.name);
    if (!missing.empty()) {
        co_await context.expect_same_account();
        co_await context.connector.add_master_categories(std::move(missing));
    }
    check.added = std::move(names);
    check.complete = true;
}

asio::awaitable<void> say(const TurnContext& context, const Failure& failure)
{
    log::warn(log::Area::sync, failure.message(),
              {{"mailbox", context.mailbox.id.value}, {"failure", failure.name()}});
    boost::json::object detail;
    detail["failure"] = failure.name();
    detail["message"] = failure.message();
    co_await note_event(context.pool, context.mailbox.id, "warn", "categories_missing",
                        std::move(detail));
}

} // namespace

asio::awaitable<CategoryCheck> ensure_categories(const TurnContext& context)
{
    CategoryCheck check;
    std::optional<Failure> failure;
    try {
        co_await add_missing(context, check);
    } catch (const Failure& f) {
        if (concerns_the_mailbox(f.reaction()))
            throw;
        failure = f;
    }
    if (failure && !context.categories_missing) // else it was said before
        co_await say(context, *failure);
    co_return check;
}

asio::awaitable<void> remember_list(const TurnContext& context, CategoryCheck check)
{
    if (!check.complete)
        co_return;
    store::HeldUntracks guard(context.pool);
    const bool went = !check.tracked_was_there.value_or(true);
    co_await guard.note_list(context.fence, went);
    co_await remember_created(context, std::move(check.added));
}

} // namespace crmsync::sync
