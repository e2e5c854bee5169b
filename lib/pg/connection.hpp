#pragma once

#include "base/clock.hpp"
#include "base/interruption.hpp"
#include "pg/params.hpp"
#include "pg/result.hpp"
#include "pg/statement.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crmsync::pg {

/// Statements that travel together: sent in one go, one synchronisation at the end.
class Script {
public:
    /// A statement with an empty name is sent with its text each time instead of prepared.
    Script& add(const Statement& statement, Params params = {});
    std::size_t size() const { return steps_.size(); }
    struct Step {
        Statement statement;
        Params params;
    };
    const std::vector<Step>& steps() const { return steps_; }

private:
    std::vector<Step> steps_;
};

struct ConnectionOptions {
    std::string url;
    std::string purpose = "work"; ///< application_name is "crmsync <purpose> <number>"
    std::chrono::milliseconds connect_deadline{10'000};
    std::chrono::milliseconds statement_deadline{
        60'000};          ///< and a little less as statement_timeout; 0: none
    StepHook step;        ///< "sql.send" before, "sql.answer" after each round trip
    bool pipeline = true; ///< false: run_simple and notifications instead of run
};

/// One connection to PostgreSQL, in pipeline mode, on one executor. Failures carry the reaction
/// of sqlstate.hpp. After a failure that breaks the connection usable() is false and it must be
/// thrown away; a cancelled call breaks it as well. One call at a time.
class Connection {
public:
    static boost::asio::awaitable<std::unique_ptr<Connection>>
    open(boost::asio::any_io_executor executor, ConnectionOptions options);
    ~Connection();

    /// Prepares the statement when it is first used here.
    boost::asio::awaitable<Result> run(Statement statement, Params params = {});

    /// All results in order, or the failure of the first statement that failed; what follows it was
    /// not run. An open transaction is then aborted and wants a ROLLBACK.
    boost::asio::awaitable<std::vector<Result>> run(Script script);

    /// SQL text that may hold several statements, as psql would send it: for migrations and for
    /// what cannot run in a pipeline. Only on a connection opened with `pipeline = false`.
    boost::asio::awaitable<std::vector<Result>> run_simple(std::string sql);

    /// Waits, without a deadline, for the payload of the next notification on any channel this
    /// session LISTENs to. Only on a connection opened with `pipeline = false`.
    boost::asio::awaitable<std::string> next_notification();

    /// Looks, without waiting, whether the server has closed the connection meanwhile.
    bool still_open();

    int number() const; ///< as in application_name and in the log
    bool usable() const;
    bool in_transaction() const; ///< also an aborted one
    int running() const;         ///< calls under way

    struct State; ///< see exchange.hpp; not for callers

private:
    explicit Connection(std::shared_ptr<State> state);
    std::shared_ptr<State> state_; ///< shared with the calls under way
};

} // namespace crmsync::pg
