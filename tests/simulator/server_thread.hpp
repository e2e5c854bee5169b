#pragma once

#include "simulator/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace crmsync::sim {

/// A world and its server on a thread of their own. Everything inside belongs to that thread:
/// `run` carries a piece of work there and waits for it.
class ServerThread {
public:
    explicit ServerThread(Clock& clock, ServerOptions options = {})
        : world_(clock), server_(std::make_unique<Server>(io_, world_, std::move(options))),
          url_(server_->url()), port_(server_->port()), work_(io_.get_executor()),
          thread_([this] { io_.run(); })
    {}

    ~ServerThread()
    {
        run([this](Script&) { server_->stop(); });
        io_.stop();
        thread_.join();
        server_.reset();
    }

    const std::string& url() const { return url_; }
    std::uint16_t port() const { return port_; }

    /// Runs `work(Script&)` on the server's thread and gives its result, or throws what it threw.
    template <class Work>
    std::invoke_result_t<Work, Script&> run(Work work)
    {
        using Result = std::invoke_result_t<Work, Script&>;
        std::packaged_task<Result()> task([&] { return work(server_->script()); });
        auto result = task.get_future();
        boost::asio::post(io_, [&task] { task(); });
        return result.get();
    }

private:
    boost::asio::io_context io_{1};
    World world_;
    std::unique_ptr<Server> server_;
    std::string url_;
    std::uint16_t port_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

} // namespace crmsync::sim
