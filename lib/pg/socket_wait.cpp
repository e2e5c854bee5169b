#include "pg/socket_wait.hpp"

#include "base/failure.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <utility>

namespace crmsync::pg {

namespace asio = boost::asio;
using boost::system::error_code;
using Descriptor = asio::posix::stream_descriptor;

/// Shared with the deadline's handler, which may run after the connection is gone.
struct SocketWait::State {
    explicit State(const asio::any_io_executor& executor) : descriptor(executor), timer(executor) {}

    void require(error_code error) const
    {
        if (passed)
            throw Failure(Reaction::retry, "pg.timeout", "the database did not answer in time");
        if (error)
            throw boost::system::system_error(error);
    }

    Descriptor descriptor;
    asio::steady_timer timer;
    std::uint64_t generation = 0; ///< tells a deadline that was lifted from the current one
    bool passed = false;
};

SocketWait::SocketWait(asio::any_io_executor executor) : state_(std::make_shared<State>(executor))
{}

SocketWait::~SocketWait()
{
    lift_deadline();
    release();
}

void SocketWait::adopt(int socket)
{
    // Also when the number is the same: libpq may have closed the socket and got it again.
    release();
    state_->descriptor.assign(socket);
}

void SocketWait::release()
{
    if (state_->descriptor.is_open())
        state_->descriptor.release();
}

void SocketWait::set_deadline(std::chrono::milliseconds from_now)
{
    lift_deadline();
    if (from_now == std::chrono::milliseconds::zero())
        return;
    state_->timer.expires_after(from_now);
    state_->timer.async_wait([state = state_, generation = state_->generation](error_code error) {
        if (error || generation != state->generation)
            return;
        state->passed = true;
        error_code ignored;
        state->descriptor.cancel(ignored);
    });
}

void SocketWait::lift_deadline()
{
    ++state_->generation;
    state_->passed = false;
    state_->timer.cancel();
}

asio::awaitable<void> SocketWait::readable()
{
    const auto state = state_;
    state->require({});
    error_code error;
    co_await state->descriptor.async_wait(Descriptor::wait_read,
                                          asio::redirect_error(asio::use_awaitable, error));
    state->require(error);
}

asio::awaitable<void> SocketWait::writable()
{
    const auto state = state_;
    state->require({});
    error_code error;
    co_await state->descriptor.async_wait(Descriptor::wait_write,
                                          asio::redirect_error(asio::use_awaitable, error));
    state->require(error);
}

asio::awaitable<bool> SocketWait::readable_or_writable()
{
    const auto state = state_;
    state->require({});
    auto read = state->descriptor.async_wait(Descriptor::wait_read, asio::deferred);
    auto write = state->descriptor.async_wait(Descriptor::wait_write, asio::deferred);
    auto either = asio::experimental::make_parallel_group(std::move(read), std::move(write));
    const auto [order, read_error, write_error] =
        co_await either.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    state->require(order[0] == 0 ? read_error : write_error);
    co_return !read_error;
}

} // namespace crmsync::pg
