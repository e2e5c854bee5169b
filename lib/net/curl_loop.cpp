#include "net/curl_loop.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cerrno>
#include <new>
#include <sys/epoll.h>
#include <system_error>
#include <utility>

namespace crmsync::net {
namespace {

namespace asio = boost::asio;

/// A handle holds about 40 KB once it has been used.
constexpr std::size_t most_idle_handles = 32;

void init_libcurl()
{
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        throw Failure(Reaction::stop, "net.broken",
                      std::string("libcurl does not start: ") + curl_easy_strerror(code));
}

int new_epoll()
{
    const int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0)
        throw std::system_error(errno, std::system_category(), "epoll_create1");
    return fd;
}

CURLM* new_multi()
{
    init_libcurl();
    CURLM* multi = curl_multi_init();
    if (!multi)
        throw std::bad_alloc();
    return multi;
}

} // namespace

CurlLoop::CurlLoop(asio::any_io_executor executor, HttpOptions options)
    : executor_(executor), options_(std::move(options)), epoll_(executor, new_epoll()),
      timer_(executor), multi_(new_multi())
{
    const long connections = static_cast<long>(options_.max_connections);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections);
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
}

CurlLoop::~CurlLoop() { close(); }

void CurlLoop::start(std::shared_ptr<Transfer> transfer)
{
    if (closed()) {
        transfer->completion->post(asio::error::operation_aborted);
        return;
    }
    std::unique_ptr<CurlHandle> handle;
    if (idle_.empty()) {
        handle = std::make_unique<CurlHandle>(options_);
    } else {
        handle = std::move(idle_.back());
        idle_.pop_back();
    }
    try {
        handle->fill_in(*transfer);
    } catch (const Failure& failure) {
        transfer->code = CURLE_FAILED_INIT;
        transfer->error = failure.message();
        transfer->completion->post({});
        return;
    }
    CURL* easy = handle->get();
    running_.emplace(easy, Running{std::move(transfer), std::move(handle)});
    // Makes libcurl ask for a call at once; the request goes out from there.
    if (curl_multi_add_handle(multi_, easy) != CURLM_OK)
        take_out(easy, CURLE_FAILED_INIT, {});
}

void CurlLoop::cancel(std::weak_ptr<Transfer> transfer)
{
    asio::post(executor_, [self = shared_from_this(), transfer = std::move(transfer)] {
        const auto wanted = transfer.lock();
        if (!wanted || self->closed())
            return;
        for (const auto& [easy, running] : self->running_) {
            if (running.transfer != wanted)
                continue;
            self->take_out(easy, CURLE_ABORTED_BY_CALLBACK, asio::error::operation_aborted);
            return;
        }
    });
}

void CurlLoop::close()
{
    if (closed())
        return;
    while (!running_.empty())
        take_out(running_.begin()->first, CURLE_ABORTED_BY_CALLBACK,
                 asio::error::operation_aborted);
    idle_.clear();
    curl_multi_cleanup(std::exchange(multi_, nullptr));
    boost::system::error_code ignored;
    epoll_.close(ignored);
    timer_.cancel();
    ++generation_;
}

// What libcurl asks for, from inside its own functions: only noted here.

int CurlLoop::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept
{
    static_cast<CurlLoop*>(self)->watch(fd, what);
    return 0;
}

void CurlLoop::watch(curl_socket_t fd, int what)
{
    const auto index = static_cast<std::size_t>(fd);
    if (watched_.size() <= index)
        watched_.resize(index + 64);
    const int epoll = epoll_.native_handle();

    if (what == CURL_POLL_REMOVE) {
        // It may be closed already, which took it out of the set.
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr);
        watched_count_ -= watched_[index] ? 1 : 0;
        watched_[index] = false;
        return;
    }
    epoll_event event{};
    event.data.fd = fd;
    event.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u);
    // The number of a closed socket comes back; the kernel knows better than we whether it is new.
    const int first = watched_[index] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    const int second = watched_[index] ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(epoll, first, fd, &event) != 0 && epoll_ctl(epoll, second, fd, &event) != 0)
        log::error(log::Area::net, "a socket cannot be watched; its request ends at its deadline",
                   {{"errno", errno}});
    watched_count_ += watched_[index] ? 0 : 1;
    watched_[index] = true;
}

int CurlLoop::on_timer(CURLM*, long ms, void* user) noexcept
{
    auto* self = static_cast<CurlLoop*>(user);
    if (ms < 0) {
        self->due_.reset();
        return 0;
    }
    self->due_ = asio::steady_timer::clock_type::now() + std::chrono::milliseconds(ms);
    if (ms > 0) {
        self->ring_at(*self->due_);
    } else if (!std::exchange(self->called_at_once_, true)) {
        asio::post(self->executor_, [loop = self->weak_from_this()] {
            if (const auto alive = loop.lock()) {
                alive->called_at_once_ = false;
                alive->ring();
            }
        });
    }
    return 0;
}

// The timer and the descriptor: the places where libcurl is entered.

/// libcurl moves its timer with nearly every state of every transfer, mostly to later. One that
/// rings too early is cheaper than one that is set each time.
void CurlLoop::ring_at(Time at)
{
    if (set_for_ && *set_for_ <= at)
        return;
    set_for_ = at;
    timer_.expires_at(at);
    timer_.async_wait([loop = weak_from_this(), generation = ++generation_](auto error) {
        const auto alive = loop.lock();
        if (error || !alive || generation != alive->generation_)
            return;
        alive->set_for_.reset();
        alive->ring();
    });
}

void CurlLoop::ring()
{
    if (closed() || !due_)
        return;
    if (asio::steady_timer::clock_type::now() < *due_) {
        ring_at(*due_);
        return;
    }
    due_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
    collect_finished();
    wait_for_sockets();
}

void CurlLoop::wait_for_sockets()
{
    if (closed() || waiting_ || watched_count_ == 0 || running_.empty())
        return;
    waiting_ = true;
    epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [loop = shared_from_this()](boost::system::error_code error) {
                          loop->waiting_ = false;
                          if (loop->closed())
                              return;
                          if (!error)
                              loop->act_on_sockets();
                          loop->wait_for_sockets();
                      });
}

void CurlLoop::act_on_sockets()
{
    std::array<epoll_event, 64> events;
    const int count =
        epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const int what = ((event.events & (EPOLLIN | EPOLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
                         ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                         ((event.events & EPOLLERR) != 0 ? CURL_CSELECT_ERR : 0);
        act(event.data.fd, what);
    }
    collect_finished();
}

void CurlLoop::act(curl_socket_t fd, int events)
{
    int still_running = 0;
    const CURLMcode code = curl_multi_socket_action(multi_, fd, events, &still_running);
    if (code != CURLM_OK)
        log::error(log::Area::net, "libcurl failed", {{"why", curl_multi_strerror(code)}});
}

void CurlLoop::collect_finished()
{
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left))
        if (message->msg == CURLMSG_DONE)
            take_out(message->easy_handle, message->data.result, {});
    if (!running_.empty())
        return;
    // Nothing under way: an io_context with no other work may come to its end.
    timer_.cancel();
    set_for_.reset();
    ++generation_;
    if (waiting_)
        epoll_.cancel();
}

void CurlLoop::take_out(CURL* easy, CURLcode code, boost::system::error_code error)
{
    const auto found = running_.find(easy);
    if (found == running_.end())
        return;
    Running gone = std::move(found->second);
    running_.erase(found);

    gone.handle->close_if_silent(code);
    curl_multi_remove_handle(multi_, easy);
    gone.handle->taken_out(*gone.transfer, code);
    if (idle_.size() < most_idle_handles)
        idle_.push_back(std::move(gone.handle));
    gone.transfer->completion->post(error);
}

} // namespace crmsync::net
