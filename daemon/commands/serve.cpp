#include "application.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "base/spawn_logged.hpp"
#include "command.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdlib>
#include <systemd/sd-daemon.h>
#include <thread>

namespace crmsync {

namespace asio = boost::asio;

namespace {

/// Stopping waits this long for pages under way; then the process ends all the same, which costs
/// nothing but the repetition of the page.
constexpr auto longest_goodbye = std::chrono::seconds(4);

/// Ends the process when it has not ended by itself. A thread, since the event loop may be left
/// already: its destructor waits for look-ups of names, which cannot be broken off.
void end_in_time()
{
    std::thread([] {
        std::this_thread::sleep_for(longest_goodbye);
        log::warn(log::Area::daemon,
                  "work under way did not end in time and is left to the next start");
        std::_Exit(0);
    }).detach();
}

asio::awaitable<void> watch_signals(asio::io_context& io, Application& application,
                                    Invocation& invocation)
{
    asio::signal_set signals(io, SIGTERM, SIGINT, SIGHUP);
    while (true) {
        const int signal = co_await signals.async_wait(asio::use_awaitable);
        if (signal != SIGHUP)
            break;
        try {
            application.reload(invocation.settings());
        } catch (const std::exception& mistake) {
            log::error(log::Area::config,
                       "the configuration could not be read again; the old one stays in force",
                       {{"reason", mistake.what()}});
        }
    }
    log::info(log::Area::daemon, "stopping");
    sd_notify(0, "STOPPING=1");
    end_in_time();
    application.stop();
}

/// Tells systemd, when it asked, that the service lives.
asio::awaitable<void> feed_watchdog(asio::io_context& io)
{
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0)
        co_return;
    asio::steady_timer timer(io);
    while (true) {
        sd_notify(0, "WATCHDOG=1");
        timer.expires_after(std::chrono::microseconds(microseconds / 2));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

int serve(Invocation& invocation)
{
    SystemClock clock;
    EventLoop io;
    ApplicationOptions options;
    options.signal = [](std::string_view name) {
        // Also while the database is away: the service runs and waits, systemd need not restart it.
        if (name == "started" || name == "waiting_for_database")
            sd_notify(0, "READY=1");
    };
    Application application(io, clock, invocation.settings(), std::move(options));

    std::exception_ptr failure;
    const auto ended = [&](std::exception_ptr f) {
        failure = f;
        io.stop();
    };
    asio::co_spawn(io, application.run(), ended);
    spawn_logged(io.get_executor(), "signals", watch_signals(io, application, invocation));
    spawn_logged(io.get_executor(), "watchdog", feed_watchdog(io));
    io.run();
    io.abandon();
    if (failure)
        std::rethrow_exception(failure);
    log::info(log::Area::daemon, "stopped");
    return 0;
}

} // namespace

void add_serve_command(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = app.add_subcommand("serve", "Run the service");
    command->footer(
        "SIGHUP reads [tracking], [privacy] and [attachments] again; SIGTERM stops within 5 s.\n"
        "Example: crmsync --config /etc/crmsync/crmsync.toml serve");
    command->callback(
        [&invocation] { invocation.action = [&invocation] { return serve(invocation); }; });
}

} // namespace crmsync
