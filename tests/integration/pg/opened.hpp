#pragma once

#include "base/failure.hpp"
#include "pg/connection.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::test {

/// A statement that is sent with its text instead of being prepared.
inline pg::Statement sql(std::string_view text) { return {"", text}; }

/// A connection and the loop that drives it, for tests that read top to bottom.
struct Opened {
    explicit Opened(const std::string& url, pg::ConnectionOptions options = {})
    {
        options.url = url;
        connection = run(io, pg::Connection::open(io.get_executor(), std::move(options)));
    }

    pg::Result prepared(const pg::Statement& statement, pg::Params params = {})
    {
        return run(io, connection->run(statement, std::move(params)));
    }
    pg::Result query(std::string_view text, pg::Params params = {})
    {
        return prepared(sql(text), std::move(params));
    }
    std::vector<pg::Result> run_script(pg::Script script)
    {
        return run(io, connection->run(std::move(script)));
    }
    int process_id() { return query("SELECT pg_backend_pid()").get<int>(0, 0); }

    boost::asio::io_context io;
    std::unique_ptr<pg::Connection> connection;
};

template <class... T>
pg::Params params(T&&... values)
{
    pg::Params all;
    (all.add(std::forward<T>(values)), ...);
    return all;
}

/// The failure that `action` ends with; a test that gets none fails.
template <class Action>
Failure failure_from(Action action)
{
    try {
        action();
    } catch (const Failure& failure) {
        return failure;
    }
    throw std::logic_error("a Failure was expected and did not come");
}

} // namespace crmsync::test
