#include "base/failure.hpp"
#include "pg/connection.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using test::run;
using test::TempDatabase;

namespace {

pg::Statement sql(std::string_view text) { return {"", text}; }

struct Opened {
    explicit Opened(const TempDatabase& db, pg::ConnectionOptions options = {})
    {
        options.url = db.url();
        connection = run(io, pg::Connection::open(io.get_executor(), std::move(options)));
    }
    pg::Result query(const pg::Statement& statement, pg::Params params = {})
    {
        return run(io, connection->run(statement, std::move(params)));
    }
    boost::asio::io_context io;
    std::unique_ptr<pg::Connection> connection;
};

} // namespace

TEST_CASE("a statement is prepared once and run twice")
{
    TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db);
    const pg::Statement twice{"twice", "SELECT $1 * 2"};
    pg::Params one, two;
    one.add(21);
    two.add(4);
    CHECK(on.query(twice, one).get<int>(0, 0) == 42);
    CHECK(on.query(twice, two).get<int>(0, 0) == 8);
    CHECK(on.query(sql("SELECT count(*) FROM pg_prepared_statements")).get<int>(0, 0) == 1);
    CHECK(on.connection->usable());
    CHECK_FALSE(on.connection->in_transaction());
}

TEST_CASE("a clone of the migrated database has its tables and its history")
{
    TempDatabase db;
    Opened on(db);
    CHECK(on.query(sql("SELECT count(*) FROM sync.migration")).get<int>(0, 0) > 0);
}
