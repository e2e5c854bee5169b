#include "sync/note_event.hpp"

#include "store/events.hpp"

#include <boost/json/serialize.hpp>

#include <utility>
#include <vector>

namespace crmsync::sync {

boost::asio::awaitable<void> note_event(pg::Pool& pool, MailboxId mailbox, std::string level,
                                        std::string name, boost::json::object detail)
{
    std::vector<LogEvent> events(1);
    events.front().level = std::move(level);
    events.front().name = std::move(name);
    events.front().detail_json = boost::json::serialize(detail);
    store::Events log(pool);
    co_await log.add(mailbox, std::move(events));
}

} // namespace crmsync::sync
