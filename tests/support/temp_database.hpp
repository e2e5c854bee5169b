#pragma once

#include <string>

namespace crmsync::test {

/// A database of its own on the tests' PostgreSQL, dropped at the end. With CRMSYNC_KEEP_TEST_DB=1
/// it stays, and how to open it is printed.
///
/// The server is the one CRMSYNC_TEST_PG names (a socket folder, or a URL whose user may create
/// databases), else the private one that ctest starts; a test program started by hand finds that as
/// well, once tests/support/postgres.sh has started it.
class TempDatabase {
public:
    enum class Schema { migrated, empty };

    explicit TempDatabase(Schema schema = Schema::migrated);
    ~TempDatabase();
    TempDatabase(const TempDatabase&) = delete;
    TempDatabase& operator=(const TempDatabase&) = delete;

    const std::string& url() const { return url_; }
    const std::string& name() const { return name_; }

private:
    std::string name_;
    std::string url_;
};

/// The URL of another database on the same server; "postgres" always exists.
std::string database_url(const std::string& name);

} // namespace crmsync::test
