#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "model/plan.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

struct StoredEvent {
    std::int64_t id = 0;
    Timestamp at{};
    std::string level;
    std::string name;
    std::optional<MailboxId> mailbox;
    std::optional<std::string> mailbox_address;
    std::string detail_json;
};

struct EventFilter {
    std::optional<MailboxId> mailbox;
    std::optional<Timestamp> since;
    std::optional<Timestamp> until;
    std::optional<std::string> name;
    int limit = 200;
};

/// Where a reader that follows the log has got to. Ids are given before commit, so an event may
/// show up behind a younger one: the last seconds are read again and what was shown is left out.
struct EventMark {
    Timestamp at{};
    std::map<std::int64_t, Timestamp> shown; ///< by id, with the event's time
};

/// sync.event: the sync log.
class Events {
public:
    explicit Events(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<void> add(std::optional<MailboxId> mailbox,
                                     std::vector<LogEvent> events);

    /// The newest `limit` that pass the filter, the oldest of them first.
    boost::asio::awaitable<std::vector<StoredEvent>> read(EventFilter filter);

    /// What came since; moves the mark. An unset mark starts at the filter's `since`, else now.
    boost::asio::awaitable<std::vector<StoredEvent>> follow(EventFilter filter, EventMark& mark);

    /// Partitions for the coming days, and none older than `keep_days`.
    boost::asio::awaitable<void> keep_partitions(int days_ahead, int keep_days);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
