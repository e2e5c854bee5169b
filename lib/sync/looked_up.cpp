#include "sync/looked_up.hpp"

#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

asio::awaitable<PageReport> handle_looked_up(const TurnContext& context,
                                             std::vector<Change> changes, bool revisited)
{
    if (changes.empty())
        co_return PageReport();
    PageSource wherever;
    wherever.revisited = revisited;
    PageHandler handler(context);
    co_return co_await handler.handle(std::move(changes), std::move(wherever), std::nullopt);
}

} // namespace crmsync::sync
