#pragma once

#include "model/record.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace crmsync::store {

/// What a record owns.
struct Owned {
    std::int64_t activities = 0;
    std::int64_t records = 0;
    std::int64_t mailboxes = 0;
};

/// Closes records, and passes on what a user or a team owned. Each step can be repeated.
class Handover {
public:
    explicit Handover(pg::Pool& pool) : pool_(pool) {}

    /// Those a person may mean: an id, TYPE:EXTERNAL_ID, the address of a user or team, or an
    /// external id.
    boost::asio::awaitable<std::vector<Record>> named(std::string text);

    /// False when it was closed before.
    boost::asio::awaitable<bool> close(RecordId record);

    boost::asio::awaitable<Owned> owned(RecordId record);
    /// First: what is being stored for the one at this moment, or by who does not know yet, is the
    /// other's. Returns when nothing is under way that could not know; the rest can then be passed
    /// on without anything being left behind.
    boost::asio::awaitable<void> name_successor(RecordId from, RecordId to);
    /// All of them, and tells the daemons.
    boost::asio::awaitable<std::int64_t> pass_mailboxes(RecordId from, RecordId to);
    /// At most so many, in one short transaction; how many it were.
    boost::asio::awaitable<std::int64_t> pass_records(RecordId from, RecordId to, int limit);
    boost::asio::awaitable<std::int64_t> pass_activities(RecordId from, RecordId to, int limit);

private:
    boost::asio::awaitable<std::vector<pg::Result>> pass(pg::Statement statement, pg::Params values,
                                                         RecordId to);
    pg::Pool& pool_;
};

} // namespace crmsync::store
