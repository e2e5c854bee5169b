#pragma once

#include "net/http.hpp"
#include "net/http_client.hpp"

#include <boost/system/error_code.hpp>
#include <curl/curl.h>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>

namespace crmsync::net {

/// Called once, with an error only where the transfer was given up.
class Completion {
public:
    virtual ~Completion() = default;
    /// Never runs the waiting code on the spot: that would be inside libcurl's caller.
    virtual void post(boost::system::error_code error) = 0;
};

/// A request and what became of it so far. libcurl reads and writes its buffers, so it is shared
/// between the one who waits and the loop until the handle is out of libcurl's hands.
struct Transfer {
    explicit Transfer(Request r) : request(std::move(r)) {}

    Request request;
    Response response;
    std::unique_ptr<Completion> completion;

    CURLcode code = CURLE_OK;
    std::string error; ///< libcurl's words for `code`
    bool too_large = false;
    bool success = false;            ///< the status line said 2xx
    std::size_t body_bytes = 0;      ///< arrived so far
    std::exception_ptr sink_failure; ///< why the sink took no more
    bool connected = false; ///< a connection was there, fresh or kept, and ready for the request
    std::chrono::microseconds took{0};
};

/// One easy handle. What never changes is set once; a handle is used for many requests, one after
/// the other, since making one costs more than filling it in.
class CurlHandle {
public:
    explicit CurlHandle(const HttpOptions& options);
    ~CurlHandle();
    CurlHandle(const CurlHandle&) = delete;
    CurlHandle& operator=(const CurlHandle&) = delete;

    CURL* get() const { return easy_; }

    /// The transfer stays where it is until taken_out().
    void fill_in(Transfer& transfer);

    /// Before the handle leaves the multi handle. A connection that carries several requests
    /// outlives one that ran out of time; where nothing has come over it meanwhile it is closed to
    /// the others as well, which would wait as long.
    void close_if_silent(CURLcode code) const;

    /// After the handle left the multi handle: notes how it went and forgets the transfer.
    void taken_out(Transfer& transfer, CURLcode code);

private:
    CURL* easy_;
    curl_slist* headers_ = nullptr;
    std::array<char, CURL_ERROR_SIZE> error_{};
};

} // namespace crmsync::net
