#pragma once

#include "base/failure.hpp"
#include "pg/conninfo.hpp"
#include "pg/socket_wait.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <string>

namespace crmsync::pg {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ClearResult>;

/// libpq without its waiting: a PGconn and the readiness of its socket. What is sent and what
/// answers mean is the business of Connection.
class Session {
public:
    explicit Session(boost::asio::any_io_executor executor);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    boost::asio::awaitable<void> connect(ConnectionParameters parameters,
                                         std::chrono::milliseconds deadline);

    /// Until the server has taken everything. Reads meanwhile: a server that cannot get rid of its
    /// answers stops reading, and both sides would wait for each other.
    boost::asio::awaitable<void> flush();

    /// What PQgetResult returns, null included, once it returns without waiting.
    boost::asio::awaitable<ResultPointer> next_result();

    /// Once there is something to read, it has been read into libpq's buffer.
    boost::asio::awaitable<void> receive();

    /// Ends what waits here with operation_aborted.
    void close();

    bool is_open() const { return pg_ && !dismissed_ && PQstatus(pg_) == CONNECTION_OK; }
    /// is_open(), after having read without waiting what an idle connection received.
    bool look();
    PGconn* pg() const { return pg_; }
    SocketWait& socket() { return socket_; }

    /// The connection broke; libpq knows more.
    Failure lost() const;

private:
    boost::asio::awaitable<void> finish_connecting();
    Failure refused() const;
    std::string advice(std::string_view code, std::string_view name) const;

    PGconn* pg_ = nullptr;
    bool dismissed_ = false; ///< the server said goodbye
    SocketWait socket_;
};

} // namespace crmsync::pg
