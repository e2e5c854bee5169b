#include "store/handover.hpp"

#include "base/text.hpp"
#include "store/columns.hpp"
#include "store/records.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

boost::asio::awaitable<std::vector<Record>> Handover::named(std::string text)
{
    const std::string wanted(trim(text));
    std::optional<Uuid> id = parse_uuid(wanted);
    std::optional<std::string> type;
    std::string external_id = wanted;
    if (const auto colon = wanted.find(':'); colon != wanted.npos) {
        type = wanted.substr(0, colon);
        external_id = wanted.substr(colon + 1);
    }
    const std::optional<Address> address = parse_address(wanted);
    const std::string as_address = address ? address->text : std::string();
    const pg::Result rows =
        co_await pool_.run(sql::records_named, params(id, type, external_id, as_address));
    std::vector<Record> records;
    for (int row = 0; row < rows.rows(); ++row)
        records.push_back(read_record(rows, row, 0));
    co_return records;
}

boost::asio::awaitable<bool> Handover::close(RecordId record)
{
    const pg::Result closed = co_await pool_.run(sql::close_record, params(record));
    co_return closed.affected() > 0;
}

boost::asio::awaitable<Owned> Handover::owned(RecordId record)
{
    const pg::Result counted = co_await pool_.run(sql::count_owned, params(record));
    Owned owned;
    owned.activities = counted.get<std::int64_t>(0, 0);
    owned.records = counted.get<std::int64_t>(0, 1);
    owned.mailboxes = counted.get<std::int64_t>(0, 2);
    co_return owned;
}

boost::asio::awaitable<std::int64_t> Handover::pass_mailboxes(RecordId from, RecordId to)
{
    const pg::Result passed = co_await pool_.run(sql::pass_mailboxes, params(from, to));
    std::vector<std::int64_t> told;
    for (int row = 0; row < passed.rows(); ++row)
        told.push_back(passed.get<std::int64_t>(row, 0));
    if (!told.empty())
        co_await pool_.run(sql::notify_mailboxes, params(told));
    co_return passed.rows();
}

boost::asio::awaitable<std::int64_t> Handover::pass_records(RecordId from, RecordId to, int limit)
{
    const pg::Result passed = co_await pool_.run(sql::pass_records, params(from, to, limit));
    co_return passed.affected();
}

boost::asio::awaitable<std::int64_t> Handover::pass_activities(RecordId from, RecordId to,
                                                               int limit)
{
    const pg::Result passed = co_await pool_.run(sql::pass_activities, params(from, to, limit));
    co_return passed.affected();
}

} // namespace crmsync::store
