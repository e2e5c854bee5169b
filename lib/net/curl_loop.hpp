#pragma once

#include "net/curl_handle.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace crmsync::net {

/// libcurl's multi handle on Asio. libcurl's sockets live in an epoll set of our own and Asio waits
/// for that one descriptor, so no Asio object ever holds a socket that libcurl may close.
///
/// libcurl's callbacks only note what it wants; libcurl is only entered from start(), from the
/// handlers of the descriptor and the timer, from a posted cancellation and from close(). One
/// thread; the multi handle has no locks.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
public:
    CurlLoop(boost::asio::any_io_executor executor, HttpOptions options);
    ~CurlLoop();

    /// Posts the transfer's completion when it is over, in whatever way.
    void start(std::shared_ptr<Transfer> transfer);

    /// Gives the transfer up a moment later; nothing where it is over by then. Safe to call from
    /// anywhere on the thread, as a cancellation slot does.
    void cancel(std::weak_ptr<Transfer> transfer);

    /// Gives everything up. Nothing can be started afterwards.
    void close();

    bool closed() const { return multi_ == nullptr; }
    int running() const { return static_cast<int>(running_.size()); }
    const boost::asio::any_io_executor& executor() const { return executor_; }

private:
    using Time = boost::asio::steady_timer::time_point;

    struct Running {
        std::shared_ptr<Transfer> transfer;
        std::unique_ptr<CurlHandle> handle;
    };

    static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void*) noexcept;
    static int on_timer(CURLM* multi, long ms, void* user) noexcept;
    void watch(curl_socket_t fd, int what);

    void wait_for_sockets();
    void act_on_sockets();
    void ring_at(Time at);
    void ring();
    void act(curl_socket_t fd, int events);
    void collect_finished();
    void take_out(CURL* easy, CURLcode code, boost::system::error_code error);

    boost::asio::any_io_executor executor_;
    HttpOptions options_;
    boost::asio::posix::stream_descriptor epoll_;
    boost::asio::steady_timer timer_;
    CURLM* multi_;

    std::unordered_map<CURL*, Running> running_;
    std::vector<std::unique_ptr<CurlHandle>> idle_;

    std::vector<bool> watched_; ///< by descriptor
    int watched_count_ = 0;
    bool waiting_ = false;

    std::optional<Time> due_;      ///< when libcurl wants to be called
    std::optional<Time> set_for_;  ///< when the timer rings; at or before due_
    std::uint64_t generation_ = 0; ///< of the timer's setting: tells a stale ring
    bool called_at_once_ = false;  ///< a call of libcurl is posted
};

} // namespace crmsync::net
