#include "store/events.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

#include <algorithm>
#include <utility>

namespace crmsync::store {
namespace {

/// Longer than a page's transaction takes between its first statement and its commit.
constexpr std::chrono::seconds overlap{10};

std::vector<StoredEvent> read_events(const pg::Result& rows)
{
    std::vector<StoredEvent> events;
    for (int row = 0; row < rows.rows(); ++row) {
        StoredEvent& event = events.emplace_back();
        event.id = rows.get<std::int64_t>(row, 0);
        event.at = rows.get<Timestamp>(row, 1);
        event.level = rows.get<std::string>(row, 2);
        event.name = rows.get<std::string>(row, 3);
        event.mailbox = optional_id<MailboxId>(rows, row, 4);
        event.mailbox_address = rows.get<std::optional<std::string>>(row, 5);
        event.detail_json = rows.get<std::string>(row, 6);
    }
    return events;
}

} // namespace

boost::asio::awaitable<void> Events::add(std::optional<MailboxId> mailbox,
                                         std::vector<LogEvent> events)
{
    if (events.empty())
        co_return;
    std::vector<std::string> levels, names;
    std::vector<pg::Json> details;
    for (LogEvent& event : events) {
        levels.push_back(std::move(event.level));
        names.push_back(std::move(event.name));
        details.push_back({std::move(event.detail_json)});
    }
    co_await pool_.run(sql::insert_events, params(mailbox, levels, names, details));
}

boost::asio::awaitable<std::vector<StoredEvent>> Events::read(EventFilter filter)
{
    if (filter.mailbox) {
        pg::Params values =
            params(*filter.mailbox, filter.since, filter.until, filter.name, filter.limit);
        const pg::Result rows = co_await pool_.run(sql::read_mailbox_events, std::move(values));
        co_return read_events(rows);
    }
    pg::Params values = params(filter.since, filter.until, filter.name, filter.limit);
    const pg::Result rows = co_await pool_.run(sql::read_events, std::move(values));
    co_return read_events(rows);
}

boost::asio::awaitable<std::vector<StoredEvent>> Events::follow(EventFilter filter, EventMark& mark)
{
    if (mark.at == Timestamp{}) {
        if (filter.since) {
            mark.at = *filter.since;
        } else {
            const pg::Result now = co_await pool_.run(sql::time_now);
            mark.at = now.get<Timestamp>(0, 0);
        }
    }
    std::vector<std::int64_t> shown;
    for (const auto& [id, at] : mark.shown)
        shown.push_back(id);
    pg::Params values = params(filter.mailbox, mark.at, filter.name, filter.limit, shown);
    const pg::Result rows = co_await pool_.run(sql::follow_events, std::move(values));
    std::vector<StoredEvent> events = read_events(rows);
    for (const StoredEvent& event : events)
        mark.shown.emplace(event.id, event.at);
    if (!events.empty())
        mark.at = std::max(mark.at, events.back().at - overlap);
    std::erase_if(mark.shown, [&](const auto& one) { return one.second < mark.at; });
    co_return events;
}

boost::asio::awaitable<void> Events::keep_partitions(int days_ahead, int keep_days)
{
    co_await pool_.run(sql::ensure_event_partitions, params(days_ahead));
    co_await pool_.run(sql::drop_event_partitions, params(keep_days));
}

} // namespace crmsync::store
