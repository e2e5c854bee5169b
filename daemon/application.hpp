#pragma once

#include "base/clock.hpp"
#include "base/interruption.hpp"
#include "base/metrics.hpp"
#include "settings/settings.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace crmsync {

/// What the service is started with besides its settings. Tests put their own clock here and ask to
/// be told what happens.
struct ApplicationOptions {
    StepHook step;
    std::function<void(std::string_view signal)> signal;
    sync::DecisionObserver observe;
    std::optional<int> capacity; ///< mailboxes held at once; nothing: as many as a process can
};

/// The running service, put together: every part, what it is for, and what it is given.
class Application {
public:
    /// Opens the port; what does not need the database fails here. Everything runs on `io`.
    Application(boost::asio::io_context& io, Clock& clock, Settings settings,
                ApplicationOptions options = {});
    ~Application();

    /// Waits for the database, then works until stop().
    boost::asio::awaitable<void> run();
    void stop();

    /// Takes over `[tracking]`, `[privacy]` and `[attachments]` from newly read settings; what
    /// needs a restart is logged by key and left as it was.
    void reload(Settings settings);

    unsigned short port() const; ///< of http.listen
    int running() const;         ///< requests and statements under way
    Metrics& metrics();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace crmsync
