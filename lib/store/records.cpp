#include "store/records.hpp"

#include "base/text.hpp"
#include "store/columns.hpp"
#include "store/label_key.hpp"
#include "store/record_import.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <utility>

namespace crmsync::store {
namespace {

constexpr std::size_t rows_per_statement = 1000;

std::optional<Record> read_one(const pg::Result& rows)
{
    if (rows.empty())
        return std::nullopt;
    return read_record(rows, 0, 0);
}

} // namespace

boost::asio::awaitable<ImportReport> Records::import(std::vector<RecordRow> rows)
{
    RecordImport plan(std::move(rows));
    const auto connection = co_await pool_.acquire();
    pg::Script questions = transaction();
    questions.add(sql::lock_record_import);
    questions.add(sql::time_now);
    plan.ask(questions);
    const std::vector<pg::Result> answers = co_await advance(*connection, std::move(questions));

    ImportReport report =
        plan.check(answers[2].get<Timestamp>(0, 0), answers[3], answers[4], answers[5], answers[6]);
    pg::Script writes;
    for (std::size_t first = 0; first < plan.good(); first += rows_per_statement)
        plan.write(writes, first, rows_per_statement);
    co_await complete(*connection, std::move(writes));
    co_return report;
}

boost::asio::awaitable<std::vector<FoundRecord>> Records::find(std::string text, int limit)
{
    const std::string wanted(trim(text));
    const std::optional<Address> address = parse_address(wanted);
    const std::string as_address = address ? address->text : fold(wanted);
    const pg::Result rows =
        co_await pool_.run(sql::find_records, params(wanted, label_key(wanted), as_address, limit));
    std::vector<FoundRecord> found;
    for (int row = 0; row < rows.rows(); ++row) {
        FoundRecord& one = found.emplace_back();
        one.record = read_record(rows, row, 0);
        one.addresses = rows.get<std::vector<std::string>>(row, 8);
        one.fields_json = rows.get<std::string>(row, 9);
    }
    co_return found;
}

boost::asio::awaitable<std::optional<Record>> Records::by_id(RecordId id)
{
    const pg::Result rows = co_await pool_.run(sql::record_by_id, params(id));
    co_return read_one(rows);
}

boost::asio::awaitable<std::optional<Record>> Records::by_number(std::string number)
{
    const pg::Result rows = co_await pool_.run(sql::record_by_number, params(label_key(number)));
    co_return read_one(rows);
}

boost::asio::awaitable<FoundUser> Records::find_or_create_user(Address address)
{
    const auto connection = co_await pool_.acquire();
    const FoundUser user = co_await store::find_or_create_user(*connection, std::move(address));
    co_return user;
}

boost::asio::awaitable<FoundUser> find_or_create_user(pg::Connection& connection, Address address)
{
    FoundUser user;
    const pg::Result held = co_await connection.run(sql::user_by_address, params(address.text));
    if (!held.empty()) {
        user.id = RecordId(held.get<Uuid>(0, 0));
        co_return user;
    }
    const pg::Result now = co_await connection.run(sql::time_now);
    const Uuid id = make_uuid(now.get<Timestamp>(0, 0));
    const pg::Result added = co_await connection.run(
        sql::insert_user, params(id, address.text, label_key(address.text)));
    user.id = RecordId(added.get<Uuid>(0, 0));
    user.created = user.id.value == id;
    co_return user;
}

boost::asio::awaitable<std::optional<RecordId>> Records::find_owner(std::string text)
{
    const std::string wanted(trim(text));
    const std::optional<Address> address = parse_address(wanted);
    const std::string as_address = address ? address->text : std::string();
    const pg::Result rows =
        co_await pool_.run(sql::owner_by_text, params(wanted, label_key(wanted), as_address));
    if (rows.empty())
        co_return std::nullopt;
    co_return RecordId(rows.get<Uuid>(0, 0));
}

boost::asio::awaitable<std::vector<FoundTeam>> Records::find_teams(std::string text)
{
    const std::string wanted(trim(text));
    const std::optional<Address> address = parse_address(wanted);
    const std::string as_address = address ? address->text : std::string();
    const pg::Result rows =
        co_await pool_.run(sql::teams_by_text, params(wanted, label_key(wanted), as_address));
    std::vector<FoundTeam> teams;
    for (int row = 0; row < rows.rows(); ++row)
        teams.push_back({RecordId(rows.get<Uuid>(row, 0)), rows.get<std::string>(row, 1)});
    co_return teams;
}

} // namespace crmsync::store
