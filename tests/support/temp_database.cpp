#include "support/temp_database.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "store/migrator.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crmsync::test {
namespace {

namespace asio = boost::asio;

/// A session of the server's own database, on a loop of its own: tests that hold a database need
/// no coroutine for it.
class Administrator {
public:
    Administrator()
    {
        pg::ConnectionOptions options;
        options.url = database_url("postgres");
        options.purpose = "test";
        options.pipeline = false;
        options.statement_deadline = std::chrono::minutes(5);
        try {
            connection_ = run(loop_, pg::Connection::open(loop_.get_executor(), options));
        } catch (const Failure& failure) {
            throw std::runtime_error(fmt::format(
                "no PostgreSQL for tests ({}). Use ctest, set CRMSYNC_TEST_PG, or start it: "
                "{} start {}",
                failure.message(), CRMSYNC_POSTGRES_SCRIPT, CRMSYNC_POSTGRES_FOLDER));
        }
    }

    std::vector<pg::Result> execute(std::string sql)
    {
        return run(loop_, connection_->run_simple(std::move(sql)));
    }

    bool exists(const std::string& database)
    {
        const auto found =
            execute(fmt::format("SELECT 1 FROM pg_database WHERE datname = '{}'", database));
        return !found.front().empty();
    }

private:
    asio::io_context loop_;
    std::unique_ptr<pg::Connection> connection_;
};

/// Named after the migrations, so that an edited one makes another template.
std::string template_name()
{
    std::string all;
    for (const store::Migration& migration : store::embedded_migrations())
        all += fmt::format("{} {}\n{}\n", migration.number, migration.name, migration.text);
    return "crmsync_template_" + hex(bytes_of(sha256(all))).substr(0, 16);
}

/// Makes the template unless it is there. It gets its name when it is complete: one that was
/// interrupted is started over.
void make_template(Administrator& administrator, const std::string& name)
{
    if (administrator.exists(name))
        return;
    administrator.execute("SELECT pg_advisory_lock(4711)");
    if (!administrator.exists(name)) {
        const std::string unfinished = name + "_unfinished";
        administrator.execute(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished));
        administrator.execute(fmt::format("CREATE DATABASE {}", unfinished));
        asio::io_context loop;
        store::Migrator migrator(loop.get_executor(), database_url(unfinished));
        run(loop, migrator.apply());
        administrator.execute(fmt::format("ALTER DATABASE {} RENAME TO {}", unfinished, name));
    }
    administrator.execute("SELECT pg_advisory_unlock(4711)");
}

} // namespace

std::string database_url(const std::string& name)
{
    const char* offered = std::getenv("CRMSYNC_TEST_PG");
    std::string server = offered ? offered : "";
    if (server.empty())
        return fmt::format("postgresql://crmsync@/{}?host={}", name, CRMSYNC_POSTGRES_FOLDER);
    if (server.front() == '/')
        return fmt::format("postgresql:///{}?host={}", name, server);

    const auto scheme = server.find("://");
    if (scheme == std::string::npos)
        throw std::runtime_error("CRMSYNC_TEST_PG is neither a folder nor a postgresql:// URL");
    const auto options = std::min(server.find('?', scheme), server.size());
    const auto path = std::min(server.find('/', scheme + 3), options);
    return server.substr(0, path) + "/" + name + server.substr(options);
}

TempDatabase::TempDatabase(Schema schema)
{
    static int last = 0;
    name_ = fmt::format("crmsync_test_{}_{}", getpid(), ++last);
    url_ = database_url(name_);
    Administrator administrator;
    std::string source = "template1";
    if (schema == Schema::migrated) {
        source = template_name();
        make_template(administrator, source);
    }
    // Left behind by a process of the same number that was killed.
    administrator.execute(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
    administrator.execute(fmt::format("CREATE DATABASE {} TEMPLATE {}", name_, source));
}

TempDatabase::~TempDatabase()
{
    const char* keep = std::getenv("CRMSYNC_KEEP_TEST_DB");
    if (keep && std::string_view(keep) == "1") {
        fmt::print(stderr, "kept the test's database: psql '{}'\n", url_);
        return;
    }
    try {
        Administrator administrator;
        administrator.execute(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
    } catch (const std::exception& e) {
        fmt::print(stderr, "the test's database {} was not dropped: {}\n", name_, e.what());
    }
}

} // namespace crmsync::test
