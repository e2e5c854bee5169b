#pragma once

#include "base/failure.hpp"
#include "net/http_client.hpp"
#include "support/loopback_server.hpp"
#include "support/run.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace crmsync::test {

/// A client and a scripted server on one io_context.
struct Net {
    explicit Net(LoopbackServer::Script script, net::HttpOptions options = {}, StepHook step = {})
        : server(context, std::move(script)),
          http(std::in_place, context.get_executor(), metrics, std::move(options), std::move(step))
    {}

    net::Request get(std::string_view target) const
    {
        net::Request request;
        request.url = server.url(target);
        return request;
    }

    net::Response send(net::Request request)
    {
        return run(context, http->send(std::move(request)));
    }

    /// The failure a request ends in.
    std::optional<Failure> failure(net::Request request)
    {
        try {
            send(std::move(request));
        } catch (const Failure& failure) {
            return failure;
        }
        return std::nullopt;
    }

    /// Runs the context until `fact` holds.
    template <class Fact>
    void until(Fact fact)
    {
        while (!fact()) {
            context.restart();
            if (context.run_one_for(std::chrono::seconds(30)) == 0)
                throw std::runtime_error("the fact waited for does not come about");
        }
    }

    Metrics metrics;
    boost::asio::io_context context;
    LoopbackServer server;
    std::optional<net::HttpClient> http;
};

} // namespace crmsync::test
