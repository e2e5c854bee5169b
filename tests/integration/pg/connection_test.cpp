#include "integration/pg/opened.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("a statement is prepared once and run twice")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    const pg::Statement twice{"twice", "SELECT $1 * 2"};
    CHECK(on.prepared(twice, params(21)).get<int>(0, 0) == 42);
    CHECK(on.prepared(twice, params(4)).get<int>(0, 0) == 8);
    CHECK(on.query("SELECT count(*) FROM pg_prepared_statements").get<int>(0, 0) == 1);
    CHECK(on.connection->usable());
    CHECK_FALSE(on.connection->in_transaction());
}

TEST_CASE("a clone of the migrated database has its tables and its history")
{
    const TempDatabase db;
    Opened on(db.url());
    CHECK(on.query("SELECT count(*) FROM sync.migration").get<int>(0, 0) > 0);
}

TEST_CASE("a connection says who it is and what it expects")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    pg::ConnectionOptions options;
    options.purpose = "pages";
    options.statement_deadline = std::chrono::seconds(20);
    Opened on(db.url(), options);
    const auto setting = [&](const char* name) {
        return on.query("SELECT current_setting($1)", params(name)).get<std::string>(0, 0);
    };
    CHECK(setting("application_name") ==
          "crmsync pages " + std::to_string(on.connection->number()));
    CHECK(setting("client_encoding") == "UTF8");
    CHECK(setting("statement_timeout") == "19s");
    CHECK(setting("TimeZone") == "UTC");
}

TEST_CASE("a plan goes by the index while the tables are still small, since it is kept")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.query("CREATE TABLE t (n bigint PRIMARY KEY)");
    on.query("INSERT INTO t SELECT generate_series(1, 50)");
    on.query("ANALYZE t");
    const auto plan = on.query("EXPLAIN SELECT * FROM t JOIN t AS u USING (n)"
                               " JOIN unnest('{7,8,9}'::bigint[]) AS k (n) USING (n)");
    std::string text;
    for (int row = 0; row < plan.rows(); ++row)
        text += plan.get<std::string>(row, 0) + "\n";
    INFO(text);
    CHECK(text.find("Seq Scan") == std::string::npos);
    CHECK(text.find("Hash") == std::string::npos);
    CHECK(text.find("Index") != std::string::npos);
}

TEST_CASE("a name stands for one text with one set of parameter types")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.prepared({"value", "SELECT $1"}, params(1));
    CHECK_THROWS_AS(on.prepared({"value", "SELECT $1, 2"}, params(1)), std::logic_error);
    Opened other(db.url());
    other.prepared({"value", "SELECT $1"}, params(1));
    CHECK_THROWS_AS(other.prepared({"value", "SELECT $1"}, params("text")), std::logic_error);
}

TEST_CASE("the results of a script come in order")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    pg::Script script;
    script.add({"make", "CREATE TABLE t (n int)"})
        .add({"fill", "INSERT INTO t SELECT generate_series(1, $1)"}, params(5))
        .add({"sum", "SELECT sum(n) FROM t"})
        .add({"fill", "INSERT INTO t SELECT generate_series(1, $1)"}, params(2))
        .add({"sum", "SELECT sum(n) FROM t"});
    // The table is not there yet when the second statement is parsed, but the first has run by
    // then: a pipeline parses and runs one after the other.
    const auto results = on.run_script(std::move(script));
    REQUIRE(results.size() == 5);
    CHECK(results[0].command_tag() == "CREATE TABLE");
    CHECK(results[1].affected() == 5);
    CHECK(results[1].command_tag() == "INSERT 0 5");
    CHECK(results[2].get<int>(0, 0) == 15);
    CHECK(results[4].get<int>(0, 0) == 18);
}

TEST_CASE("an empty script is no round trip")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    int steps = 0;
    pg::ConnectionOptions options;
    options.step = [&](std::string_view) { ++steps; };
    Opened on(db.url(), options);
    steps = 0;
    CHECK(on.run_script({}).empty());
    CHECK(steps == 0);
}

TEST_CASE("an error in the middle of a script is the script's failure and nothing of it is kept")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.query("CREATE TABLE t (n int PRIMARY KEY)");
    pg::Script script;
    script.add({"insert", "INSERT INTO t VALUES ($1)"}, params(1))
        .add({"divide", "SELECT 1 / $1"}, params(0))
        .add({"late", "INSERT INTO t VALUES ($1)"}, params(2));
    const Failure failure = failure_from([&] { on.run_script(std::move(script)); });
    CHECK(failure.name() == "pg.bad_value");
    CHECK(failure.message() == "divide: division by zero (22012)");

    // One synchronisation is one transaction where nobody said BEGIN.
    CHECK(on.connection->usable());
    CHECK_FALSE(on.connection->in_transaction());
    CHECK(on.query("SELECT count(*) FROM t").get<int>(0, 0) == 0);

    // What was prepared before the error is known here and there, what came after it is not.
    CHECK(on.prepared({"insert", "INSERT INTO t VALUES ($1)"}, params(1)).affected() == 1);
    CHECK(on.prepared({"divide", "SELECT 1 / $1"}, params(1)).get<int>(0, 0) == 1);
    CHECK(on.prepared({"late", "INSERT INTO t VALUES ($1)"}, params(2)).affected() == 1);
}

TEST_CASE("a statement that cannot be prepared can be tried again")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    const pg::Statement read{"read", "SELECT n FROM t"};
    const Failure failure = failure_from([&] { on.prepared(read); });
    CHECK(failure.name() == "pg.statement");
    CHECK(failure.reaction() == Reaction::stop);
    on.query("CREATE TABLE t (n int)");
    CHECK(on.prepared(read).empty());
}

TEST_CASE("a failed transaction stays open until it is rolled back")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.query("CREATE TABLE t (n int PRIMARY KEY)");
    pg::Script script;
    script.add({"begin", "BEGIN"})
        .add({"insert", "INSERT INTO t VALUES ($1)"}, params(7))
        .add({"insert", "INSERT INTO t VALUES ($1)"}, params(7))
        .add({"commit", "COMMIT"});
    const Failure failure = failure_from([&] { on.run_script(std::move(script)); });
    CHECK(failure.name() == "pg.constraint");
    CHECK(failure.message() ==
          "insert: duplicate key value violates unique constraint \"t_pkey\" (23505)");
    CHECK(on.connection->in_transaction());
    CHECK(failure_from([&] { on.query("SELECT 1"); }).name() == "pg.statement");
    CHECK(on.prepared({"rollback", "ROLLBACK"}).command_tag() == "ROLLBACK");
    CHECK_FALSE(on.connection->in_transaction());
    CHECK(on.query("SELECT count(*) FROM t").get<int>(0, 0) == 0);
}

TEST_CASE("a commit after a swallowed error says that it rolled back")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.query("BEGIN");
    CHECK_THROWS_AS(on.query("SELECT 1 / 0"), Failure);
    CHECK(on.query("COMMIT").command_tag() == "ROLLBACK");
}

TEST_CASE("a deferred constraint fails the commit")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.query("CREATE TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    pg::Script script;
    script.add(sql("BEGIN")).add(sql("INSERT INTO t VALUES (1), (1)")).add(sql("COMMIT"));
    CHECK(failure_from([&] { on.run_script(std::move(script)); }).name() == "pg.constraint");
    CHECK_FALSE(on.connection->in_transaction());
}

TEST_CASE("a thousand statements with large parameters and answers do not block each other")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    // Both directions exceed every socket buffer by far: whoever only writes would wait for ever.
    const std::string large(1'000'000, 'x');
    pg::Script script;
    for (int i = 0; i < 1'000; ++i) {
        if (i % 20 == 0)
            script.add({"echo", "SELECT $1, $2"}, params(i, large));
        else
            script.add({"small", "SELECT $1"}, params(i));
    }
    const auto results = on.run_script(std::move(script));
    REQUIRE(results.size() == 1'000);
    for (int i = 0; i < 1'000; ++i)
        REQUIRE(results[static_cast<std::size_t>(i)].get<int>(0, 0) == i);
    CHECK(results[980].get<std::string_view>(0, 1) == large);
}

TEST_CASE("each round trip is two steps")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    std::vector<std::string> steps;
    pg::ConnectionOptions options;
    options.step = [&](std::string_view step) { steps.emplace_back(step); };
    Opened on(db.url(), options);
    steps.clear();
    on.query("SELECT 1");
    CHECK_THROWS_AS(on.query("SELECT 1 / 0"), Failure);
    CHECK(steps == std::vector<std::string>{"sql.send", "sql.answer", "sql.send", "sql.answer"});
}

TEST_CASE("an interruption before sending leaves nothing behind, one after the answer keeps it")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened first(db.url());
    first.query("CREATE TABLE t (n int)");
    std::string stop_at;
    pg::ConnectionOptions options;
    options.step = [&](std::string_view step) {
        if (step == stop_at)
            throw std::runtime_error("interrupted");
    };
    Opened on(db.url(), options);
    stop_at = "sql.send";
    CHECK_THROWS_AS(on.query("INSERT INTO t VALUES (1)"), std::runtime_error);
    CHECK(first.query("SELECT count(*) FROM t").get<int>(0, 0) == 0);
    stop_at = "sql.answer";
    CHECK_THROWS_AS(on.query("INSERT INTO t VALUES (1)"), std::runtime_error);
    CHECK(first.query("SELECT count(*) FROM t").get<int>(0, 0) == 1);
}

TEST_CASE("a lost lease asks to give back")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened on(db.url());
    on.query("CREATE FUNCTION fence() RETURNS void LANGUAGE plpgsql AS "
             "$$ BEGIN RAISE 'the lease was taken' USING ERRCODE = 'CS001'; END $$");
    const Failure failure = failure_from([&] { on.prepared({"fence", "SELECT fence()"}); });
    CHECK(failure.reaction() == Reaction::give_back);
    CHECK(failure.name() == "lease.lost");
}

TEST_CASE("a pipelined connection refuses plain text and a plain one refuses scripts")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Opened pipelined(db.url());
    CHECK_THROWS_AS(run(pipelined.io, pipelined.connection->run_simple("SELECT 1")),
                    std::logic_error);
    pg::ConnectionOptions options;
    options.pipeline = false;
    Opened plain(db.url(), options);
    CHECK_THROWS_AS(plain.query("SELECT 1"), std::logic_error);
    const auto results =
        run(plain.io, plain.connection->run_simple("SELECT 1; SELECT 'a;b' AS \";\"; SELECT 3"));
    REQUIRE(results.size() == 3);
    CHECK(results[1].get<std::string>(0, 0) == "a;b");
    CHECK(results[2].get<int>(0, 0) == 3);
}
