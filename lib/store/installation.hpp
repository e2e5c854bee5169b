#pragma once

#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>

namespace crmsync::store {

/// What this database is, once for all daemons on it.
class Installation {
public:
    explicit Installation(pg::Pool& pool) : pool_(pool) {}

    /// 32 bytes behind every HMAC; made by the migration, never changed, never logged.
    boost::asio::awaitable<std::string> secret();

    /// Tells this database from all others: the mark that it leaves in mailboxes. No secret.
    boost::asio::awaitable<std::string> id();

    /// Settings that must not change silently between starts, by name.
    boost::asio::awaitable<std::map<std::string, std::string>> properties();
    boost::asio::awaitable<void> set_property(std::string name, std::string value);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
