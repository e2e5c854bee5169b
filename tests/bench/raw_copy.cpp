#include "bench/raw_copy.hpp"

#include <fmt/format.h>

#include <chrono>

namespace crmsync::bench {

namespace {

struct Copied {
    std::string clone;
    Database::Chunks chunks;
};

} // namespace

RawCopy raw_copy(Line& line)
{
    Database& database = line.database();
    RawCopy result;
    std::vector<Copied> tables;
    database.execute("CREATE SCHEMA bench");
    for (const char* table : {"store.activity_identity", "store.activity", "store.activity_party",
                              "sync.link", "sync.decision", "sync.write_back", "sync.event"}) {
        Copied& copied = tables.emplace_back();
        const std::string name(table);
        copied.clone = "bench." + name.substr(name.find('.') + 1);
        database.execute(
            fmt::format("CREATE TABLE {} (LIKE {} INCLUDING ALL)", copied.clone, table));
        copied.chunks = database.copy_out(
            fmt::format("COPY (SELECT * FROM {}) TO STDOUT (FORMAT binary)", table));
        result.rows +=
            static_cast<long>(database.number(fmt::format("SELECT count(*) FROM {}", table)));
    }
    database.use_log_files_again(); // the load's own work is not the copy's

    const Cpu before = cpu_of_family(line.postgres().postmaster());
    const auto started = std::chrono::steady_clock::now();
    database.execute("BEGIN");
    for (const Copied& copied : tables)
        database.copy_in(fmt::format("COPY {} FROM STDIN (FORMAT binary)", copied.clone),
                         copied.chunks);
    database.execute("COMMIT");
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    result.postgres = cpu_of_family(line.postgres().postmaster()) - before;
    return result;
}

} // namespace crmsync::bench
