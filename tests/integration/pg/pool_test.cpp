#include "integration/pg/opened.hpp"
#include "pg/pool.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

#include <deque>

using namespace crmsync;
using namespace crmsync::test;
namespace asio = boost::asio;

namespace {

struct PoolOn {
    PoolOn(const TempDatabase& db, std::size_t size)
    {
        pg::ConnectionOptions options;
        options.url = db.url();
        pool.emplace(io.get_executor(), options, size);
    }
    pg::Pool::Lent acquire() { return run(io, pool->acquire()); }
    int process_of(pg::Pool::Lent& lent)
    {
        return run(io, lent->run(sql("SELECT pg_backend_pid()"))).get<int>(0, 0);
    }
    /// Lets everything happen that needs no answer of a server.
    void settle()
    {
        io.restart();
        while (io.poll() > 0) {
        }
    }

    asio::io_context io;
    std::optional<pg::Pool> pool;
};

asio::awaitable<void> note_turn(pg::Pool& pool, std::vector<int>& turns, int who)
{
    auto lent = co_await pool.acquire();
    turns.push_back(who);
    const auto statement = sql("SELECT 1");
    co_await lent->run(statement);
}

} // namespace

TEST_CASE("a connection that came back is used again")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 2);
    int first = 0;
    {
        auto lent = on.acquire();
        first = on.process_of(lent);
        CHECK(on.pool->running() == 1);
    }
    CHECK(on.pool->running() == 0);
    auto lent = on.acquire();
    CHECK(on.process_of(lent) == first);
}

TEST_CASE("a pool opens no more than its size, and callers get their turn in order")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 2);
    std::vector<int> turns;
    std::deque<std::shared_ptr<Arrival<void>>> callers;
    {
        auto a = on.acquire();
        auto b = on.acquire();
        for (int who = 0; who < 20; ++who)
            callers.push_back(start(on.io, note_turn(*on.pool, turns, who)));
        on.settle();
        CHECK(turns.empty());
        CHECK(on.pool->running() == 2);
    }
    while (turns.size() < 20 || on.pool->running() > 0)
        on.io.run_one();
    CHECK(std::is_sorted(turns.begin(), turns.end()));
    Opened other(db.url());
    CHECK(other
              .query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                     "AND backend_type = 'client backend' AND pid <> pg_backend_pid()")
              .get<int>(0, 0) == 2);
}

TEST_CASE("who is cancelled while waiting leaves the queue, and the next one gets the connection")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 1);
    std::optional<pg::Pool::Lent> held = on.acquire();
    asio::cancellation_signal cancel;
    std::exception_ptr thrown;
    std::vector<int> turns;
    asio::co_spawn(
        on.io, note_turn(*on.pool, turns, 1),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) { thrown = e; }));
    const auto second = start(on.io, note_turn(*on.pool, turns, 2));
    on.settle();
    cancel.emit(asio::cancellation_type::terminal);
    on.settle();
    CHECK_THROWS_AS(std::rethrow_exception(thrown), boost::system::system_error);
    held.reset();
    on.io.restart();
    while (!second->here)
        on.io.run_one();
    CHECK(turns == std::vector<int>{2});
}

TEST_CASE("a connection handed out in the moment of a cancellation is not lost")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 1);
    std::optional<pg::Pool::Lent> held = on.acquire();
    asio::cancellation_signal cancel;
    bool ended = false;
    std::vector<int> turns;
    asio::co_spawn(
        on.io, note_turn(*on.pool, turns, 1),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
    on.settle();
    held.reset(); // its turn has come, but it was not resumed yet
    cancel.emit(asio::cancellation_type::terminal);
    on.io.restart();
    while (!ended)
        on.io.run_one();
    CHECK(on.pool->running() == 0);
    auto again = on.acquire();
    CHECK(on.process_of(again) > 0);
}

TEST_CASE("who is cancelled while opening leaves room for the next one")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 1);
    asio::cancellation_signal cancel;
    bool ended = false;
    std::vector<int> turns;
    asio::co_spawn(
        on.io, note_turn(*on.pool, turns, 1),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
    const auto second = start(on.io, note_turn(*on.pool, turns, 2));
    while (on.pool->running() == 0)
        on.io.run_one();
    cancel.emit(asio::cancellation_type::terminal);
    while (!ended || !second->here)
        on.io.run_one();
    CHECK(turns == std::vector<int>{2});
}

TEST_CASE("an open transaction does not reach the next user")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 1);
    int first = 0;
    {
        auto lent = on.acquire();
        first = on.process_of(lent);
        run(on.io, lent->run(sql("BEGIN")));
    }
    auto lent = on.acquire();
    CHECK(on.process_of(lent) != first);
    CHECK_FALSE(lent->in_transaction());
}

TEST_CASE("a connection given back in the middle of a call is closed and the call ends")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 1);
    std::shared_ptr<Arrival<pg::Result>> waiting;
    {
        auto lent = on.acquire();
        waiting = start(on.io, lent->run(sql("SELECT pg_sleep(600)")));
        while (lent->running() == 0)
            on.io.run_one();
    }
    while (!waiting->here)
        on.io.run_one();
    CHECK_THROWS(waiting->take());
    CHECK(run(on.io, on.pool->run(sql("SELECT 5"))).get<int>(0, 0) == 5);
}

TEST_CASE("a pool recovers when the server has ended its connections")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 3);
    {
        auto a = on.acquire();
        auto b = on.acquire();
        auto c = on.acquire();
        Opened other(db.url());
        other.query("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname "
                    "= current_database() AND pid <> pg_backend_pid()");
        // In use: the failure is the user's, who starts over.
        CHECK(failure_from([&] { on.process_of(a); }).reaction() == Reaction::retry);
    }
    // Given back without being used, b and c look fine until somebody looks.
    CHECK(run(on.io, on.pool->run(sql("SELECT 5"))).get<int>(0, 0) == 5);
    CHECK(run(on.io, on.pool->run(sql("SELECT 6"))).get<int>(0, 0) == 6);
}

TEST_CASE("a database that cannot be reached fails each caller and leaves the pool usable")
{
    asio::io_context io;
    pg::ConnectionOptions options;
    options.url = "postgresql:///x?host=/nonexistent-socket-folder";
    pg::Pool pool(io.get_executor(), options, 1);
    const auto first = start(io, pool.run(sql("SELECT 1")));
    const auto second = start(io, pool.run(sql("SELECT 1")));
    io.run();
    CHECK(failure_from([&] { first->take(); }).name() == "pg.unreachable");
    CHECK(failure_from([&] { second->take(); }).name() == "pg.unreachable");
    CHECK(pool.running() == 0);
}

TEST_CASE("a pool that goes away sends its waiting callers away and keeps what is lent alive")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    PoolOn on(db, 1);
    auto held = on.acquire();
    const auto waiting = start(on.io, on.pool->acquire());
    on.settle();
    on.pool.reset();
    on.io.restart();
    while (!waiting->here)
        on.io.run_one();
    CHECK(failure_from([&] { waiting->take(); }).reaction() == Reaction::give_back);
    CHECK(on.process_of(held) > 0);
}
