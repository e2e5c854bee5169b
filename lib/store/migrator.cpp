#include "store/migrator.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/migrations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace crmsync::store {

namespace asio = boost::asio;

namespace {

/// "crmsync" in ASCII: the advisory lock of everybody who migrates this database.
constexpr std::int64_t advisory_lock = 0x63726d73796e63;

constexpr const char* bookkeeping = R"(
CREATE SCHEMA IF NOT EXISTS sync;
CREATE TABLE IF NOT EXISTS sync.migration (
    number integer PRIMARY KEY CHECK (number > 0),
    name text COLLATE "C" NOT NULL,
    sha256 text COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE sync.migration IS 'Which migrations made this database, with the checksums of their files.';
)";

struct Applied {
    int number;
    std::string name;
    std::string sha256;
};

std::string checksum(const Migration& migration) { return hex(bytes_of(sha256(migration.text))); }

std::string file_of(int number, std::string_view name)
{
    return fmt::format("{:04}_{}.sql", number, name);
}

std::string file_of(const Migration& m) { return file_of(m.number, m.name); }

/// What is missing, or a Failure when the two histories contradict each other.
std::vector<Migration> compare(std::span<const Migration> known,
                               const std::vector<Applied>& applied)
{
    for (const Applied& row : applied) {
        const auto same = std::ranges::find(known, row.number, &Migration::number);
        if (same == known.end())
            throw Failure(Reaction::stop, "migration.newer",
                          fmt::format("the database was migrated by a newer crmsync: it has {}, "
                                      "which this program does not know; install the newer version",
                                      file_of(row.number, row.name)));
        if (checksum(*same) != row.sha256 || same->name != row.name)
            throw Failure(Reaction::stop, "migration.edited",
                          fmt::format("{} was edited after it had been applied to this database; "
                                      "restore the file and put the change into a new migration",
                                      file_of(*same)));
    }
    std::vector<Migration> missing;
    const int newest = applied.empty() ? 0 : applied.back().number;
    for (const Migration& migration : known) {
        if (std::ranges::find(applied, migration.number, &Applied::number) != applied.end())
            continue;
        if (migration.number < newest)
            throw Failure(Reaction::stop, "migration.order",
                          fmt::format("{} is not applied to this database, but the later {} is",
                                      file_of(migration), file_of(newest, applied.back().name)));
        missing.push_back(migration);
    }
    return missing;
}

asio::awaitable<std::vector<Applied>> applied_to(pg::Connection& connection)
{
    std::vector<Applied> applied;
    const auto there =
        co_await connection.run_simple("SELECT to_regclass('sync.migration') IS NOT NULL");
    if (!there.front().get<bool>(0, 0))
        co_return applied;
    const auto answer = co_await connection.run_simple(
        "SELECT number, name, sha256 FROM sync.migration ORDER BY number");
    const pg::Result& rows = answer.front();
    for (int i = 0; i < rows.rows(); ++i) {
        Applied row{rows.get<int>(i, 0), rows.get<std::string>(i, 1), rows.get<std::string>(i, 2)};
        applied.push_back(std::move(row));
    }
    co_return applied;
}

/// The lock belongs to the session and ends with it, also when this program is killed.
asio::awaitable<void> take_turn(pg::Connection& connection)
{
    auto attempt = fmt::format("SELECT pg_try_advisory_lock({})", advisory_lock);
    const auto taken = co_await connection.run_simple(std::move(attempt));
    if (taken.front().get<bool>(0, 0))
        co_return;
    log::info(log::Area::store, "another crmsync migrates this database, waiting for it");
    auto wait = fmt::format("SELECT pg_advisory_lock({})", advisory_lock);
    co_await connection.run_simple(std::move(wait));
}

/// File and row in one transaction: after a crash either both are there or neither.
asio::awaitable<void> apply_one(pg::Connection& connection, Migration migration)
{
    co_await connection.run_simple("BEGIN");
    std::optional<Failure> failure;
    try {
        std::string text(migration.text);
        co_await connection.run_simple(std::move(text));
        if (!connection.in_transaction())
            throw Failure(Reaction::stop, "pg.statement", "the file ends the transaction itself");
        // Names and checksums hold letters, digits and underscores only: embed.cmake sees to it.
        auto note =
            fmt::format("INSERT INTO sync.migration (number, name, sha256) VALUES ({}, '{}', '{}')",
                        migration.number, migration.name, checksum(migration));
        co_await connection.run_simple(std::move(note));
        const auto done = co_await connection.run_simple("COMMIT");
        if (done.back().command_tag() != "COMMIT")
            throw Failure(Reaction::stop, "pg.statement", "the transaction was not committed");
    } catch (const Failure& f) {
        failure = f;
    }
    if (!failure)
        co_return;
    if (connection.usable())
        co_await connection.run_simple("ROLLBACK");
    if (failure->reaction() == Reaction::retry)
        throw Failure(*failure).while_doing(fmt::format("while applying {}", file_of(migration)));
    throw Failure(Reaction::stop, "migration.failed",
                  fmt::format("{} was not applied: {}", file_of(migration), failure->message()));
}

asio::awaitable<std::unique_ptr<pg::Connection>> connect(asio::any_io_executor executor,
                                                         std::string url)
{
    pg::ConnectionOptions options;
    options.url = std::move(url);
    options.purpose = "migrate";
    options.pipeline = false;
    // Building an index, or waiting for another program, takes as long as it takes.
    options.statement_deadline = std::chrono::milliseconds::zero();
    return pg::Connection::open(std::move(executor), std::move(options));
}

} // namespace

std::span<const Migration> embedded_migrations() { return migrations; }

Migrator::Migrator(asio::any_io_executor executor, std::string url,
                   std::span<const Migration> known)
    : executor_(std::move(executor)), url_(std::move(url)), migrations_(known)
{}

asio::awaitable<std::vector<Migration>> Migrator::pending()
{
    const auto connection = co_await connect(executor_, url_);
    const auto applied = co_await applied_to(*connection);
    co_return compare(migrations_, applied);
}

asio::awaitable<std::vector<Migration>> Migrator::apply()
{
    const auto connection = co_await connect(executor_, url_);
    co_await take_turn(*connection);
    // Looked at only now: the program that was waited for may have applied everything.
    const auto applied = co_await applied_to(*connection);
    const auto missing = compare(migrations_, applied);
    if (!missing.empty())
        co_await connection->run_simple(bookkeeping);
    for (const Migration& migration : missing) {
        co_await apply_one(*connection, migration);
        log::info(log::Area::store, "migration applied", {{"file", file_of(migration)}});
    }
    co_return missing;
}

} // namespace crmsync::store
