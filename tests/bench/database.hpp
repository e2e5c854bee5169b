#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

struct pg_conn;

namespace crmsync::bench {

/// A private PostgreSQL for one benchmark, as tests/support/postgres.sh makes it. A benchmark that
/// is killed leaves it running: the script's `stop` with the folder it names ends it.
class Postgres {
public:
    /// `statements`: it counts what each statement takes.
    Postgres(const std::filesystem::path& scratch, bool statements);
    ~Postgres();
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    std::string url(const std::string& database) const;
    pid_t postmaster() const;

private:
    std::filesystem::path scratch_;
    std::filesystem::path folder_;
};

/// A blocking connection: what a benchmark asks beside what it measures.
class Database {
public:
    explicit Database(const std::string& url);

    void execute(const std::string& sql);
    /// The rows of an answer; null is an empty text.
    std::vector<std::vector<std::string>> rows(const std::string& sql);
    /// The one number of an answer.
    double number(const std::string& sql);

    using Chunks = std::vector<std::string>;
    Chunks copy_out(const std::string& sql);
    void copy_in(const std::string& sql, const Chunks& chunks);

    /// A server that has run for a while writes its log over old files; a new one would make each
    /// of them first, filled with zeros.
    void use_log_files_again();

    /// The server's process for this connection: its work is the benchmark's own.
    pid_t backend() const;

private:
    struct Close {
        void operator()(pg_conn* connection) const;
    };
    std::unique_ptr<pg_conn, Close> connection_;
};

} // namespace crmsync::bench
