#include "sync/returned_items.hpp"

#include "sync/looked_up.hpp"

#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// A bound, not a limit: whoever tags more than these pages hold while they are out of their folder
/// finds the rest when they next change.
constexpr int most_pages = 20;

} // namespace

asio::awaitable<PageReport> look_for_returned(const TurnContext& context)
{
    PageReport report;
    Cursor next;
    for (int pages = 0; pages < most_pages; ++pages) {
        context.end_if_stopping();
        CategorySearch tagged{context.rules->policy.name(StateCategory::track), false};
        auto page =
            co_await context.connector.items_with_category(std::move(tagged), std::move(next));
        if (!page)
            break;
        report += co_await handle_looked_up(context, std::move(page->changes));
        if (page->last)
            break;
        next = std::move(page->next);
    }
    co_return report;
}

} // namespace crmsync::sync
