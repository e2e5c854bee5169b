#include "net/curl_handle.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

#include <boost/url/grammar/ci_string.hpp>

#include <algorithm>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <new>
#include <string_view>
#include <sys/socket.h>

namespace crmsync::net {
namespace {

constexpr long connect_timeout_ms = 10'000;

/// An option that this libcurl does not take is a mistake of the build, not of the request.
template <class T>
void set(CURL* easy, CURLoption option, T value)
{
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (code == CURLE_OUT_OF_MEMORY)
        throw std::bad_alloc();
    if (code != CURLE_OK)
        throw Failure(Reaction::stop, "net.tls",
                      std::string("libcurl refuses an option the program needs: ") +
                          curl_easy_strerror(code));
}

template <class T>
T info(CURL* easy, CURLINFO what)
{
    T value{};
    curl_easy_getinfo(easy, what, &value);
    return value;
}

// The callbacks are noexcept: an exception must not travel through C frames, and the only one
// possible is that of a program out of memory.

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) noexcept
{
    auto& transfer = *static_cast<Transfer*>(user);
    if (transfer.request.drop_body)
        return size;
    constexpr std::size_t give_up = CURL_WRITEFUNC_ERROR;
    if (size > transfer.request.max_body - transfer.body_bytes) {
        transfer.too_large = true;
        return give_up;
    }
    transfer.body_bytes += size;
    if (!transfer.request.sink || !transfer.success) {
        transfer.response.body.append(data, size);
        return size;
    }
    try {
        transfer.request.sink->take(std::string_view(data, size));
    } catch (...) {
        transfer.sink_failure = std::current_exception();
        return give_up;
    }
    return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) noexcept
{
    auto& transfer = *static_cast<Transfer*>(user);
    Headers& headers = transfer.response.headers;
    const std::string_view line = trim(std::string_view(data, size));
    if (line.starts_with("HTTP/")) {
        headers.clear(); // what came before was an interim answer
        transfer.success = line.substr(std::min(line.size(), line.find(' '))).starts_with(" 2");
        return size;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
        headers.push_back(
            {std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
    return size;
}

/// Loopback is never reached through a proxy, whatever the environment says.
std::string hosts_without_proxy()
{
    std::string hosts = "localhost,127.0.0.1,::1";
    for (const char* name : {"no_proxy", "NO_PROXY"})
        if (const char* more = std::getenv(name); more && *more)
            return std::string_view(more) == "*" ? more : hosts + "," + more;
    return hosts;
}

curl_slist* appended(curl_slist* list, const std::string& line)
{
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (!longer) {
        curl_slist_free_all(list);
        throw std::bad_alloc();
    }
    return longer;
}

curl_slist* make_headers(const Request& request)
{
    curl_slist* list = nullptr;
    std::string line;
    bool has_type = false;
    for (const Header& header : request.headers) {
        has_type = has_type ||
                   boost::urls::grammar::ci_is_equal(header.name, std::string_view("content-type"));
        // libcurl's spelling of a header without a value is a semicolon.
        line.assign(header.name).append(header.value.empty() ? ";" : ": ").append(header.value);
        list = appended(list, line);
    }
    // Without these libcurl asks for "100 Continue" and calls every body a form.
    list = appended(list, "Expect:");
    if (!has_type)
        list = appended(list, "Content-Type:");
    return list;
}

} // namespace

CurlHandle::CurlHandle(const HttpOptions& options) : easy_(curl_easy_init())
{
    if (!easy_)
        throw std::bad_alloc();
    set(easy_, CURLOPT_NOSIGNAL, 1L);
    set(easy_, CURLOPT_QUICK_EXIT, 1L); // not waiting for the look-up of a name that was given up
    set(easy_, CURLOPT_ERRORBUFFER, error_.data());
    set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy_, CURLOPT_NOPROXY, hosts_without_proxy().c_str());
    set(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(easy_, CURLOPT_USERAGENT, options.user_agent.c_str());
    set(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
    set(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy_, CURLOPT_BUFFERSIZE, 32L * 1024);
    set(easy_, CURLOPT_WRITEFUNCTION, &on_body);
    set(easy_, CURLOPT_HEADERFUNCTION, &on_header);

    // HTTP/2 by ALPN only; prior knowledge without TLS is broken in libcurl 7.88.1.
    set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    if (options.ca_file) {
        set(easy_, CURLOPT_CAINFO, options.ca_file->c_str());
        // The file named is the whole list, not an addition to the system's folder.
        set<const char*>(easy_, CURLOPT_CAPATH, nullptr);
    }
}

CurlHandle::~CurlHandle()
{
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
}

void CurlHandle::fill_in(Transfer& transfer)
{
    const Request& request = transfer.request;
    if (request.sink)
        request.sink->begin();
    error_[0] = '\0';
    headers_ = make_headers(request);
    set(easy_, CURLOPT_URL, request.url.c_str());
    set(easy_, CURLOPT_HTTPHEADER, headers_);
    set(easy_, CURLOPT_WRITEDATA, &transfer);
    set(easy_, CURLOPT_HEADERDATA, &transfer);
    set(easy_, CURLOPT_PRIVATE, &transfer);

    const long deadline = std::max<long>(1, static_cast<long>(request.deadline.count()));
    set(easy_, CURLOPT_TIMEOUT_MS, deadline);
    set(easy_, CURLOPT_CONNECTTIMEOUT_MS, std::min(deadline, connect_timeout_ms));
    // Over TLS a second request waits to learn whether the first one's connection can carry both.
    set(easy_, CURLOPT_PIPEWAIT, request.url.starts_with("https") ? 1L : 0L);

    const bool body = request.method != Method::get && request.method != Method::delete_;
    if (body || !request.body.empty()) {
        // POSTFIELDS of any length, also none, makes libcurl send Content-Length (G-331).
        set(easy_, CURLOPT_POST, 1L);
        set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(easy_, CURLOPT_POSTFIELDS, request.body.c_str());
    } else {
        set(easy_, CURLOPT_HTTPGET, 1L);
    }
    set(easy_, CURLOPT_CUSTOMREQUEST, to_string(request.method).data());
}

void CurlHandle::close_if_silent(CURLcode code) const
{
    if (code != CURLE_OPERATION_TIMEDOUT)
        return;
    curl_socket_t socket = CURL_SOCKET_BAD; // so it stays where libcurl has closed it: HTTP/1.1
    curl_easy_getinfo(easy_, CURLINFO_ACTIVESOCKET, &socket);
    tcp_info state{};
    socklen_t size = sizeof state;
    if (socket == CURL_SOCKET_BAD || getsockopt(socket, IPPROTO_TCP, TCP_INFO, &state, &size) != 0)
        return;
    const std::chrono::milliseconds silent_for(state.tcpi_last_data_recv);
    const std::chrono::microseconds waited(info<curl_off_t>(easy_, CURLINFO_TOTAL_TIME_T));
    if (silent_for >= waited / 2) // the answers to its handshake may have come
        shutdown(socket, SHUT_RDWR);
}

void CurlHandle::taken_out(Transfer& transfer, CURLcode code)
{
    transfer.code = code;
    if (code != CURLE_OK)
        transfer.error = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
    transfer.response.status = static_cast<int>(info<long>(easy_, CURLINFO_RESPONSE_CODE));
    transfer.connected = info<curl_off_t>(easy_, CURLINFO_PRETRANSFER_TIME_T) > 0;
    transfer.took = std::chrono::microseconds(info<curl_off_t>(easy_, CURLINFO_TOTAL_TIME_T));

    // A set option that fails here would only leave a pointer nobody follows before fill_in().
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
    curl_slist_free_all(headers_);
    headers_ = nullptr;
}

} // namespace crmsync::net
