#include "bench/database.hpp"

#include "bench/processes.hpp"
#include "programs.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace crmsync::bench {

namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

Result ask(PGconn* connection, const std::string& sql, ExecStatusType expected)
{
    Result result(PQexec(connection, sql.c_str()), &PQclear);
    if (PQresultStatus(result.get()) != expected)
        throw std::runtime_error(fmt::format("{}\n{}", PQerrorMessage(connection), sql));
    return result;
}

} // namespace

Postgres::Postgres(const std::filesystem::path& scratch, bool statements)
    : scratch_(scratch), folder_(fmt::format("/tmp/crmsync-bench-pg-{}", getpid()))
{
    // Measured with the durability the service is run with; the tests do without it.
    run({"/usr/bin/env", "CRMSYNC_TEST_FSYNC=on",
         fmt::format("CRMSYNC_TEST_PRELOAD={}", statements ? "pg_stat_statements" : ""),
         postgres_script, "start", folder_},
        scratch_ / "postgres.log");
}

Postgres::~Postgres()
{
    try {
        run({postgres_script, "stop", folder_}, scratch_ / "postgres.log");
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
    }
}

std::string Postgres::url(const std::string& database) const
{
    return fmt::format("postgresql://crmsync@/{}?host={}", database, folder_.string());
}

pid_t Postgres::postmaster() const
{
    std::ifstream file(folder_ / "data" / "postmaster.pid");
    pid_t pid = 0;
    if (!(file >> pid))
        throw std::runtime_error("PostgreSQL does not run");
    return pid;
}

void Database::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Database::Database(const std::string& url) : connection_(PQconnectdb(url.c_str()))
{
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection_.get()));
}

void Database::execute(const std::string& sql) { ask(connection_.get(), sql, PGRES_COMMAND_OK); }

std::vector<std::vector<std::string>> Database::rows(const std::string& sql)
{
    const Result result = ask(connection_.get(), sql, PGRES_TUPLES_OK);
    std::vector<std::vector<std::string>> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        std::vector<std::string>& columns = rows.emplace_back();
        for (int column = 0; column < PQnfields(result.get()); ++column)
            columns.emplace_back(PQgetvalue(result.get(), row, column));
    }
    return rows;
}

double Database::number(const std::string& sql)
{
    const auto answer = rows(sql);
    return std::stod(answer.at(0).at(0));
}

Database::Chunks Database::copy_out(const std::string& sql)
{
    PGconn* connection = connection_.get();
    const Result started = ask(connection, sql, PGRES_COPY_OUT);
    Chunks chunks;
    char* row = nullptr;
    for (int size = 0; (size = PQgetCopyData(connection, &row, 0)) > 0; PQfreemem(row)) {
        // Rows together: one message for each would measure the messages.
        if (chunks.empty() || chunks.back().size() > 64 * 1024)
            chunks.emplace_back();
        chunks.back().append(row, static_cast<std::size_t>(size));
    }
    while (const Result end{PQgetResult(connection), &PQclear})
        if (PQresultStatus(end.get()) != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(connection));
    return chunks;
}

void Database::copy_in(const std::string& sql, const Chunks& chunks)
{
    PGconn* connection = connection_.get();
    const Result started = ask(connection, sql, PGRES_COPY_IN);
    for (const std::string& chunk : chunks)
        if (PQputCopyData(connection, chunk.data(), static_cast<int>(chunk.size())) != 1)
            throw std::runtime_error(PQerrorMessage(connection));
    if (PQputCopyEnd(connection, nullptr) != 1)
        throw std::runtime_error(PQerrorMessage(connection));
    while (const Result end{PQgetResult(connection), &PQclear})
        if (PQresultStatus(end.get()) != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(connection));
}

void Database::use_log_files_again()
{
    constexpr int files = 8; // of 16 MB; a load of 10,000 messages writes six
    execute(fmt::format("DO $$ BEGIN FOR n IN 1..{} LOOP"
                        " PERFORM pg_logical_emit_message(false, 'bench', '');"
                        " PERFORM pg_switch_wal(); END LOOP; END $$",
                        files));
    execute("CHECKPOINT");
}

pid_t Database::backend() const { return PQbackendPID(connection_.get()); }

} // namespace crmsync::bench
