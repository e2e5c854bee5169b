#include "net/http_client.hpp"

#include "base/log.hpp"
#include "net/curl_failure.hpp"
#include "net/curl_loop.hpp"
#include "net/net_metrics.hpp"
#include "net/url.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace crmsync::net {
namespace {

namespace asio = boost::asio;

/// Keeps the handler that waits for a transfer, and its executor busy, until it is posted.
template <class Handler>
class Waiting final : public Completion {
public:
    Waiting(Handler handler, const asio::any_io_executor& fallback)
        : work_(asio::get_associated_executor(handler, fallback)), handler_(std::move(handler))
    {}

    void post(boost::system::error_code error) override
    {
        asio::get_associated_cancellation_slot(handler_).clear();
        asio::post(work_.get_executor(),
                   [handler = std::move(handler_), error]() mutable { std::move(handler)(error); });
    }

private:
    using Executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
    asio::executor_work_guard<Executor> work_;
    Handler handler_;
};

struct StartTransfer {
    std::shared_ptr<CurlLoop> loop;
    std::shared_ptr<Transfer> transfer;

    template <class Handler>
    void operator()(Handler handler)
    {
        auto slot = asio::get_associated_cancellation_slot(handler);
        transfer->completion =
            std::make_unique<Waiting<Handler>>(std::move(handler), loop->executor());
        if (slot.is_connected())
            slot.assign(
                [l = std::weak_ptr(loop), t = std::weak_ptr(transfer)](asio::cancellation_type) {
                    if (const auto alive = l.lock())
                        alive->cancel(t);
                });
        loop->start(transfer);
    }
};

/// Completes when the transfer is over; its outcome is in the transfer.
template <class Token>
auto async_transfer(std::shared_ptr<CurlLoop> loop, std::shared_ptr<Transfer> transfer,
                    Token&& token)
{
    return asio::async_initiate<Token, void(boost::system::error_code)>(
        StartTransfer{std::move(loop), std::move(transfer)}, token);
}

void account(Metrics& metrics, const Transfer& transfer, const Failure* failure)
{
    const std::string host = host_of(transfer.request.url);
    const double seconds = std::chrono::duration<double>(transfer.took).count();
    const std::string status = failure ? failure->name() : std::to_string(transfer.response.status);
    metrics.add(http_requests_total, 1, {{"host", host}, {"status", status}});
    metrics.observe(http_seconds, seconds, {{"host", host}});
    if (log::enabled(log::Level::debug, log::Area::net))
        log::debug(log::Area::net, "request",
                   {{"method", to_string(transfer.request.method)},
                    {"host", host},
                    {"status", status},
                    {"ms", transfer.took.count() / 1000},
                    {"bytes", transfer.body_bytes}});
}

} // namespace

HttpClient::HttpClient(asio::any_io_executor executor, Metrics& metrics, HttpOptions options,
                       StepHook step)
    : loop_(std::make_shared<CurlLoop>(std::move(executor), std::move(options))), metrics_(metrics),
      step_(std::move(step))
{}

HttpClient::~HttpClient() { loop_->close(); }

asio::awaitable<Response> HttpClient::send(Request request)
{
    const auto loop = loop_; // tells, after the wait, whether this client is still there
    if (step_)
        step_("http.send");
    const auto transfer = std::make_shared<Transfer>(std::move(request));
    co_await async_transfer(loop, transfer, asio::use_awaitable);
    if (loop->closed())
        throw boost::system::system_error(asio::error::operation_aborted);

    if (transfer->sink_failure) {
        account(metrics_, *transfer, nullptr);
        std::rethrow_exception(transfer->sink_failure);
    }
    if (transfer->code != CURLE_OK) {
        const Failure failure = failure_of(*transfer);
        account(metrics_, *transfer, &failure);
        throw failure;
    }
    account(metrics_, *transfer, nullptr);
    if (step_)
        step_("http.answer");
    co_return std::move(transfer->response);
}

int HttpClient::running() const { return loop_->running(); }

} // namespace crmsync::net
