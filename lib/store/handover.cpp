#include "store/handover.hpp"

#include "base/text.hpp"
#include "store/columns.hpp"
#include "store/records.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

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
    const std::vector<Uuid> records{record.value};
    pg::Script script = transaction();
    script.add(sql::close_record, params(record));
    script.add(sql::ask_for_labels_of_records, params(records));
    const auto connection = co_await pool_.acquire();
    const std::vector<pg::Result> results = co_await complete(*connection, std::move(script));
    co_return results[1].affected() > 0;
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

boost::asio::awaitable<void> Handover::name_successor(RecordId from, RecordId to)
{
    co_await pool_.run(sql::name_successor, params(from, to));
    co_await pool_.run(sql::wait_for_owners);
}

/// What the successor's mailboxes offer has to follow, whatever interrupts the handover.
boost::asio::awaitable<std::vector<pg::Result>> Handover::pass(pg::Statement statement,
                                                               pg::Params values, RecordId to)
{
    const std::vector<Uuid> owners{to.value};
    pg::Script script = transaction();
    script.add(statement, std::move(values));
    script.add(sql::ask_for_labels_of_owners, params(owners));
    const auto connection = co_await pool_.acquire();
    co_return co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<std::int64_t> Handover::pass_mailboxes(RecordId from, RecordId to)
{
    const std::vector<pg::Result> results =
        co_await pass(sql::pass_mailboxes, params(from, to), to);
    const pg::Result& passed = results[1];
    std::vector<std::int64_t> told;
    for (int row = 0; row < passed.rows(); ++row)
        told.push_back(passed.get<std::int64_t>(row, 0));
    if (!told.empty())
        co_await pool_.run(sql::notify_mailboxes, params(told));
    co_return passed.rows();
}

boost::asio::awaitable<std::int64_t> Handover::pass_records(RecordId from, RecordId to, int limit)
{
    const std::vector<pg::Result> results =
        co_await pass(sql::pass_records, params(from, to, limit), to);
    co_return results[1].affected();
}

boost::asio::awaitable<std::int64_t> Handover::pass_activities(RecordId from, RecordId to,
                                                               int limit)
{
    const pg::Result passed = co_await pool_.run(sql::pass_activities, params(from, to, limit));
    co_return passed.affected();
}

} // namespace crmsync::store
