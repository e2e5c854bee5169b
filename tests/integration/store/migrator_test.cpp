#include "integration/pg/opened.hpp"
#include "store/migrator.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using store::Migration;
using store::Migrator;

namespace {

constexpr Migration books{1, "books",
                          "CREATE TABLE book (title text); INSERT INTO book VALUES ('a;b');"};
constexpr Migration authors{2, "authors", "CREATE TABLE author (name text);"};
/// Takes its time, so that two at once would meet.
constexpr Migration slow{3, "slow", "SELECT pg_sleep(0.1); CREATE TABLE slow (n int);"};

using Files = std::vector<Migration>;

std::vector<int> numbers(const std::vector<Migration>& migrations)
{
    std::vector<int> all;
    for (const Migration& migration : migrations)
        all.push_back(migration.number);
    return all;
}

std::vector<int> migrate(const TempDatabase& db, const Files& files)
{
    boost::asio::io_context io;
    Migrator migrator(io.get_executor(), db.url(), files);
    return numbers(run(io, migrator.apply()));
}

std::vector<int> pending(const TempDatabase& db, const Files& files)
{
    boost::asio::io_context io;
    Migrator migrator(io.get_executor(), db.url(), files);
    return numbers(run(io, migrator.pending()));
}

using Numbers = std::vector<int>;

} // namespace

TEST_CASE("migrations are applied in order, once each")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    CHECK(migrate(db, Files{books}) == Numbers{1});
    CHECK(migrate(db, Files{books}) == Numbers{});
    CHECK(migrate(db, Files{books, authors}) == Numbers{2});
    Opened on(db.url());
    CHECK(on.query("SELECT title FROM book").get<std::string>(0, 0) == "a;b");
    const auto rows = on.query("SELECT number, name, sha256 FROM sync.migration ORDER BY number");
    REQUIRE(rows.rows() == 2);
    CHECK(rows.get<std::string>(1, 1) == "authors");
    CHECK(rows.get<std::string>(0, 2) == hex(bytes_of(sha256(books.text))));
}

TEST_CASE("a dry run lists what is missing and changes nothing")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    CHECK(pending(db, Files{books, authors}) == Numbers{1, 2});
    Opened on(db.url());
    CHECK(on.query("SELECT 1 FROM pg_namespace WHERE nspname = 'sync'").empty());
    migrate(db, Files{books});
    CHECK(pending(db, Files{books, authors}) == Numbers{2});
}

TEST_CASE("two programs that migrate at once apply each file once")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    boost::asio::io_context io;
    const Files files{books, authors, slow};
    std::vector<std::unique_ptr<Migrator>> migrators;
    std::vector<std::shared_ptr<Arrival<std::vector<Migration>>>> arrivals;
    for (int i = 0; i < 4; ++i) {
        migrators.push_back(std::make_unique<Migrator>(io.get_executor(), db.url(), files));
        arrivals.push_back(start(io, migrators.back()->apply()));
    }
    io.run();
    std::size_t applied = 0;
    for (const auto& arrival : arrivals) {
        const auto migrations = arrival->take();
        CHECK((migrations.empty() || migrations.size() == 3));
        applied += migrations.size();
    }
    CHECK(applied == 3);
}

TEST_CASE("a file that was edited after it had been applied is refused by name")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    migrate(db, Files{books, authors});
    const Migration edited{1, "books", "CREATE TABLE book (title text, pages int);"};
    const Failure failure = failure_from([&] { migrate(db, Files{edited, authors, slow}); });
    CHECK(failure.name() == "migration.edited");
    CHECK(failure.reaction() == Reaction::stop);
    CHECK_THAT(failure.message(), Catch::Contains("0001_books.sql"));
    CHECK(failure.message().find('\n') == std::string::npos);
    CHECK(failure_from([&] { pending(db, Files{edited, authors}); }).name() == "migration.edited");
    Opened on(db.url());
    CHECK(on.query("SELECT count(*) FROM sync.migration").get<int>(0, 0) == 2);
}

TEST_CASE("a database that is newer than the program is left alone")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    migrate(db, Files{books, authors});
    const Failure failure = failure_from([&] { migrate(db, Files{books}); });
    CHECK(failure.name() == "migration.newer");
    CHECK_THAT(failure.message(), Catch::Contains("0002_authors.sql"));
}

TEST_CASE("a file that was slipped in below the applied ones is refused")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    migrate(db, Files{authors});
    CHECK(failure_from([&] { migrate(db, Files{books, authors}); }).name() == "migration.order");
}

TEST_CASE("of a file that fails nothing is kept, and those before it stay")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    const Migration broken{2, "broken", "CREATE TABLE half (n int);\nSELEKT 1;"};
    const Failure failure = failure_from([&] { migrate(db, Files{books, broken}); });
    CHECK(failure.name() == "migration.failed");
    CHECK_THAT(failure.message(), Catch::Contains("0002_broken.sql") && Catch::Contains("SELEKT"));
    Opened on(db.url());
    CHECK(on.query("SELECT to_regclass('half') IS NULL").get<bool>(0, 0));
    CHECK(pending(db, Files{books, authors}) == Numbers{2});
    CHECK(migrate(db, Files{books, authors}) == Numbers{2});
}

TEST_CASE("a file that ends its transaction itself is refused")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    const Migration early{1, "early", "CREATE TABLE t (n int); COMMIT;"};
    CHECK(failure_from([&] { migrate(db, Files{early}); }).name() == "migration.failed");
}

TEST_CASE("a database that does not exist is named together with what makes it")
{
    boost::asio::io_context io;
    Migrator migrator(io.get_executor(), database_url("no_such_database"));
    const Failure failure = failure_from([&] { run(io, migrator.apply()); });
    CHECK(failure.name() == "pg.no_database");
    CHECK_THAT(failure.message(), Catch::Contains("createdb no_such_database"));
}

TEST_CASE("the program's own migrations apply to an empty database")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    boost::asio::io_context io;
    Migrator migrator(io.get_executor(), db.url());
    const auto applied = run(io, migrator.apply());
    CHECK(applied.size() == store::embedded_migrations().size());
    CHECK(run(io, migrator.pending()).empty());
}
