#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace crmsync::pg {

/// Readiness of a socket that belongs to libpq: waits for it, never reads, writes or closes it.
/// One coroutine waits at a time. Waiting throws Failure("pg.timeout", retry) once the deadline has
/// passed, and system_error(operation_aborted) when cancelled or released.
class SocketWait {
public:
    explicit SocketWait(boost::asio::any_io_executor executor);
    ~SocketWait();
    SocketWait(const SocketWait&) = delete;
    SocketWait& operator=(const SocketWait&) = delete;

    /// libpq may replace its socket while it connects: adopt what it has after each step.
    void adopt(int socket);
    /// Before libpq closes the socket.
    void release();

    /// For all waits until it is lifted. Zero is no deadline.
    void set_deadline(std::chrono::milliseconds from_now);
    void lift_deadline();

    boost::asio::awaitable<void> readable();
    boost::asio::awaitable<void> writable();
    /// True when it can be read from; it may then be writable as well.
    boost::asio::awaitable<bool> readable_or_writable();

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace crmsync::pg
