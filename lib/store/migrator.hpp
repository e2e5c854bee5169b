#pragma once

#include "pg/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// One file of migrations/, carried inside the program.
struct Migration {
    int number;
    std::string_view name;
    std::string_view text;
};

/// The files this program was built with, in order.
std::span<const Migration> embedded_migrations();

/// Brings a database to the state the program expects: forward only, each file once and in a
/// transaction of its own. Two programs at the same time: one waits for the other.
///
/// All throw Failure: "migration.edited" when a file that was applied has changed since,
/// "migration.newer" when the database knows migrations that this program does not,
/// "migration.order" when a file was added below those applied, "migration.failed" when a file does
/// not run (nothing of it is kept), and what pg::Connection::open throws, among it
/// "pg.no_database": the database itself is made by an administrator.
class Migrator {
public:
    Migrator(boost::asio::any_io_executor executor, std::string url,
             std::span<const Migration> known = embedded_migrations());

    /// What would be applied. Changes nothing.
    boost::asio::awaitable<std::vector<Migration>> pending();

    /// Applies what is missing and tells what it was.
    boost::asio::awaitable<std::vector<Migration>> apply();

private:
    boost::asio::any_io_executor executor_;
    std::string url_;
    std::span<const Migration> migrations_;
};

} // namespace crmsync::store
