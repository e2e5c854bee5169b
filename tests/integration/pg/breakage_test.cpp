#include "integration/pg/opened.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// Ends the other connection's server process and returns when it is gone.
void terminate(Opened& by, int process)
{
    by.query("SELECT pg_terminate_backend($1::int, 30000)", params(process));
}

} // namespace

TEST_CASE("a connection whose server process is ended fails with retry and cannot be used again")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    Opened other(db.url());
    const int process = on.process_id();
    terminate(other, process);
    const Failure failure = failure_from([&] { on.prepared({"one", "SELECT 1"}); });
    CHECK(failure.reaction() == Reaction::retry);
    CHECK(failure.name() == "pg.unreachable");
    CHECK_FALSE(on.connection->usable());
    CHECK(failure_from([&] { on.query("SELECT 1"); }).name() == "pg.unreachable");
}

TEST_CASE("a server process that ends in the middle of a script fails it with retry")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    pg::Script script;
    script.add({"one", "SELECT 1"})
        .add({"end", "SELECT pg_terminate_backend(pg_backend_pid())"})
        .add({"two", "SELECT 2"});
    const Failure failure = failure_from([&] { on.run_script(std::move(script)); });
    CHECK(failure.reaction() == Reaction::retry);
    CHECK(failure.name() == "pg.unreachable");
    CHECK_FALSE(on.connection->usable());
}

TEST_CASE("an idle connection notices without waiting that the server has closed it")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    Opened other(db.url());
    CHECK(on.connection->still_open());
    terminate(other, on.process_id());
    CHECK_FALSE(on.connection->still_open());
}

TEST_CASE("a statement over its deadline is ended by the server first and the connection lives")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    pg::ConnectionOptions options;
    options.statement_deadline = 3s;
    Opened on(db.url(), options);
    on.query("SET statement_timeout = 20");
    const Failure failure = failure_from([&] { on.query("SELECT pg_sleep(600)"); });
    CHECK(failure.reaction() == Reaction::retry);
    CHECK(failure.name() == "pg.timeout");
    CHECK(on.connection->usable());
}

TEST_CASE("a server that does not answer at all breaks the connection at the deadline")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    pg::ConnectionOptions options;
    options.statement_deadline = 100ms;
    Opened on(db.url(), options);
    on.query("SET statement_timeout = 0");
    const Failure failure = failure_from([&] { on.query("SELECT pg_sleep(600)"); });
    CHECK(failure.reaction() == Reaction::retry);
    CHECK(failure.name() == "pg.timeout");
    CHECK_FALSE(on.connection->usable());
}

TEST_CASE("a cancelled call breaks the connection")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    asio::cancellation_signal cancel;
    bool ended = false;
    std::exception_ptr thrown;
    asio::co_spawn(
        on.io, on.connection->run(sql("SELECT pg_sleep(600)")),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, pg::Result) {
            thrown = e;
            ended = true;
        }));
    while (on.connection->running() == 0)
        on.io.run_one();
    cancel.emit(asio::cancellation_type::terminal);
    while (!ended)
        on.io.run_one();
    CHECK_THROWS_AS(std::rethrow_exception(thrown), boost::system::system_error);
    CHECK(on.connection->running() == 0);
    CHECK_FALSE(on.connection->usable());
}

TEST_CASE("a second call at the same time is refused and does not disturb the first")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    const auto slow = start(on.io, on.connection->run(sql("SELECT 1 FROM pg_sleep(0.05)")));
    while (on.connection->running() == 0)
        on.io.run_one();
    CHECK_THROWS_AS(on.query("SELECT 2"), std::logic_error);
    while (!slow->here)
        on.io.run_one();
    CHECK(slow->take().get<int>(0, 0) == 1);
    CHECK(on.connection->usable());
}

TEST_CASE("a connection may be destroyed while a call waits")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    const auto waiting = start(on.io, on.connection->run(sql("SELECT pg_sleep(600)")));
    while (on.connection->running() == 0)
        on.io.run_one();
    on.connection.reset();
    while (!waiting->here)
        on.io.run_one();
    CHECK_THROWS(waiting->take());
}

TEST_CASE("a loop may be destroyed while a call waits")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    std::unique_ptr<pg::Connection> connection;
    asio::io_context io;
    pg::ConnectionOptions options;
    options.url = db.url();
    connection = run(io, pg::Connection::open(io.get_executor(), options));
    const auto waiting = start(io, connection->run(sql("SELECT pg_sleep(600)")));
    while (connection->running() == 0)
        io.run_one();
    connection.reset();
}

TEST_CASE("a database that is not there is named together with what makes it")
{
    const Failure failure = failure_from([] { Opened(database_url("no_such_database")); });
    CHECK(failure.name() == "pg.no_database");
    CHECK(failure.reaction() == Reaction::stop);
    CHECK_THAT(failure.message(),
               Catch::Contains("database \"no_such_database\" does not exist; create it with: "
                               "createdb no_such_database"));
}

TEST_CASE("a server that is not there can be tried again")
{
    const Failure failure =
        failure_from([] { Opened("postgresql:///x?host=/nonexistent-socket-folder"); });
    CHECK(failure.name() == "pg.unreachable");
    CHECK(failure.reaction() == Reaction::retry);
    CHECK_THAT(failure.message(), Catch::Contains("/nonexistent-socket-folder"));
    CHECK(failure.message().find('\n') == std::string::npos);
}

TEST_CASE("a host name that nobody knows can be tried again")
{
    const Failure failure = failure_from([] { Opened("postgresql://nobody.invalid/x"); });
    CHECK(failure.name() == "pg.unreachable");
    CHECK_THAT(failure.message(), Catch::Contains("nobody.invalid"));
}

TEST_CASE("a host name is looked up and all its addresses are tried")
{
    // Nobody listens on a port that was just bound and closed again.
    asio::io_context io;
    asio::ip::tcp::acceptor free(io, {asio::ip::address_v4::loopback(), 0});
    const auto port = std::to_string(free.local_endpoint().port());
    free.close();
    const Failure failure = failure_from([&] { Opened("postgresql://localhost:" + port + "/x"); });
    CHECK(failure.name() == "pg.unreachable");
    CHECK_THAT(failure.message(), Catch::Contains("127.0.0.1") && Catch::Contains(port));
}

TEST_CASE("a server that accepts and says nothing fails at the connect deadline")
{
    asio::io_context io;
    asio::ip::tcp::acceptor mute(io, {asio::ip::address_v4::loopback(), 0});
    pg::ConnectionOptions options;
    options.connect_deadline = 100ms;
    const auto port = std::to_string(mute.local_endpoint().port());
    const Failure failure =
        failure_from([&] { Opened("postgresql://127.0.0.1:" + port + "/x", options); });
    CHECK(failure.name() == "pg.unreachable");
    CHECK(failure.reaction() == Reaction::retry);
}

TEST_CASE("a URL that cannot be read is refused without repeating it")
{
    const Failure failure = failure_from([] { Opened("postgresql://ann:pa%zzword@host/x"); });
    CHECK(failure.name() == "pg.url");
    CHECK(failure.reaction() == Reaction::stop);
    CHECK(failure.message().find("word") == std::string::npos);
}
