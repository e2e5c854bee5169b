#include "application.hpp"

#include "admin/health.hpp"
#include "admin/http_server.hpp"
#include "base/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/spawn_logged.hpp"
#include "pg/listener.hpp"
#include "pg/pool.hpp"
#include "providers.hpp"
#include "schedule/fleet.hpp"
#include "schedule/housekeeping.hpp"
#include "store/events.hpp"
#include "store/installation.hpp"
#include "store/leases.hpp"
#include "store/migrator.hpp"
#include "sync/present_names.hpp"
#include "sync/turn_context.hpp"

#include <charconv>

namespace crmsync {

namespace asio = boost::asio;

namespace {

constexpr std::size_t pool_size = 8;

pg::ConnectionOptions connection_options(const Settings& settings, const StepHook& step,
                                         const char* purpose)
{
    pg::ConnectionOptions options;
    options.url = settings.database.url;
    options.purpose = purpose;
    options.step = step;
    return options;
}

std::optional<MailboxId> mailbox_of(const std::string& payload)
{
    std::int64_t id = 0;
    const auto [end, failed] = std::from_chars(payload.data(), payload.data() + payload.size(), id);
    if (payload.empty() || failed != std::errc() || end != payload.data() + payload.size())
        return std::nullopt;
    return MailboxId{id};
}

} // namespace

struct Application::Parts {
    Parts(asio::io_context& io, Clock& c, Settings s, ApplicationOptions o)
        : executor(io.get_executor()), clock(c), settings(std::move(s)), options(std::move(o)),
          pool(executor, connection_options(settings, options.step, "work"), pool_size),
          providers(executor, clock, metrics, settings, options.step),
          rules(sync::make_snapshot(settings)), server(executor, settings.http.listen, routes()),
          stopped(executor)
    {}

    admin::Router routes()
    {
        admin::HealthChecks checks;
        checks.not_ready_because = [this]() -> asio::awaitable<std::optional<std::string>> {
            if (!fleet)
                co_return "waiting for the database";
            if (fleet->database_away())
                co_return "the database does not answer";
            if (!fleet->holds_leases())
                co_return "no heartbeat to the database";
            co_return std::nullopt;
        };
        admin::Router router;
        admin::add_health_routes(router, std::move(checks), metrics);
        return router;
    }

    asio::any_io_executor executor;
    Clock& clock;
    Settings settings;
    ApplicationOptions options;
    Metrics metrics;

    // Connections to PostgreSQL, shared by everything.
    pg::Pool pool;
    // HTTP clients and tokens of the configured tenants.
    Providers providers;
    // What decisions are made by; replaced as a whole on reload.
    std::shared_ptr<const sync::PolicySnapshot> rules;
    // Names our categories ever had: all of them are understood.
    std::vector<match::OtherName> retired;
    // Health and metrics, for whatever watches the service.
    admin::HttpServer server;
    // HMACs under the installation's secret; known once the database answers.
    std::unique_ptr<PrivateHash> hash;
    // The mailboxes this process holds, and their turns.
    std::unique_ptr<schedule::Fleet> fleet;
    // Hears that a mailbox is due, from commands and other processes.
    std::unique_ptr<pg::Listener> listener;
    // Purges what has had its time.
    std::unique_ptr<schedule::Housekeeping> housekeeping;
    // Ends the wait for the database when the service is stopped before it came.
    schedule::Wake stopped;
    bool stopping = false;

    void signal(std::string_view name) const
    {
        if (options.signal)
            options.signal(name);
    }

    asio::awaitable<bool> wait_for_database();
    asio::awaitable<bool> start_with_database();
    asio::awaitable<void> start();
    asio::awaitable<void> remember_names();
};

Application::Application(asio::io_context& io, Clock& clock, Settings settings,
                         ApplicationOptions options)
    : parts_(std::make_unique<Parts>(io, clock, std::move(settings), std::move(options)))
{}

Application::~Application() = default;

unsigned short Application::port() const { return parts_->server.port(); }

int Application::running() const { return parts_->providers.running() + parts_->pool.running(); }

Metrics& Application::metrics() { return parts_->metrics; }

/// Waits until the database answers with the schema this program knows, saying so once. False when
/// the service was stopped meanwhile; a schema that does not fit is a failure that ends the
/// program.
asio::awaitable<bool> Application::Parts::wait_for_database()
{
    store::Migrator migrator(executor, settings.database.url);
    for (int attempt = 1; !stopping; ++attempt) {
        std::optional<Failure> failure;
        try {
            const auto pending = co_await migrator.pending();
            if (!pending.empty())
                throw Failure(Reaction::stop, "migration.pending",
                              "the database is older than this program; run: crmsync migrate");
            if (attempt > 1)
                log::info(log::Area::daemon, "the database answers");
            co_return true;
        } catch (const Failure& f) {
            failure = f;
        }
        if (failure->reaction() == Reaction::stop)
            throw *failure;
        if (attempt == 1)
            log::warn(log::Area::daemon, "waiting for the database",
                      {{"failure", failure->name()}, {"reason", failure->message()}});
        signal("waiting_for_database");
        const auto pause = backoff(attempt, 0.5, failure->advice(),
                                   {std::chrono::milliseconds(250), std::chrono::seconds(5)});
        co_await stopped.wait_until(clock, clock.now() + pause);
    }
    co_return false;
}

/// Starts the parts that need the database. It may leave again while they are being prepared: then
/// the wait begins anew. False when the service was stopped meanwhile.
asio::awaitable<bool> Application::Parts::start_with_database()
{
    while (co_await wait_for_database()) {
        std::optional<Failure> failure;
        try {
            co_await start();
        } catch (const Failure& f) {
            failure = f;
        }
        if (!failure)
            co_return true;
        if (failure->reaction() == Reaction::stop)
            throw *failure;
        log::warn(log::Area::daemon, "the database left while the service started",
                  {{"failure", failure->name()}, {"reason", failure->message()}});
        co_await stopped.wait_until(clock, clock.now() + std::chrono::seconds(1));
    }
    co_return false;
}

/// So that they are understood after they have been changed again. What cannot be written now is
/// written by the next start, which reads the same file.
asio::awaitable<void> Application::Parts::remember_names()
{
    try {
        co_await sync::names_ever_used(pool, settings.tracking);
    } catch (const Failure& failure) {
        log::debug(log::Area::daemon, "the names of our categories were not remembered",
                   {{"failure", failure.name()}});
    }
}

/// Asks the database first: what fails leaves nothing started behind.
asio::awaitable<void> Application::Parts::start()
{
    store::Installation installation(pool);
    hash = std::make_unique<PrivateHash>(co_await installation.secret());

    retired = co_await sync::names_ever_used(pool, settings.tracking);
    rules = sync::make_snapshot(settings, retired);

    // Before anybody writes an event: a row on its way to the partition for everything else is
    // refused when its day gets one of its own meanwhile.
    store::Events events(pool);
    co_await events.keep_partitions(3, 30);

    schedule::FleetOptions fleet_options;
    fleet_options.daemon = DaemonId{make_uuid(clock.now())};
    fleet_options.address = settings.http.listen;
    fleet_options.installation = co_await installation.id();
    fleet_options.capacity = options.capacity.value_or(fleet_options.capacity);
    fleet = std::make_unique<schedule::Fleet>(
        executor, pool, clock, metrics, *hash,
        [this](const Mailbox& mailbox) { return providers.open(mailbox); },
        std::move(fleet_options));
    fleet->set_rules(rules);
    fleet->set_observer(options.observe);
    fleet->set_signal([this](std::string_view name, MailboxId) { signal(name); });

    listener = std::make_unique<pg::Listener>(
        executor, clock, connection_options(settings, {}, "listen"), store::mailbox_due_channel,
        [this](std::string payload) { fleet->wake(mailbox_of(payload)); });
    spawn_logged(executor, "listener", listener->run());

    housekeeping = std::make_unique<schedule::Housekeeping>(executor, pool, clock);
    housekeeping->set_settings(settings);
    spawn_logged(executor, "housekeeping", housekeeping->run());
}

asio::awaitable<void> Application::run()
{
    Parts& parts = *parts_;
    spawn_logged(parts.executor, "admin server", parts.server.run());
    const bool started = co_await parts.start_with_database();
    if (started) {
        parts.signal("started");
        log::info(log::Area::daemon, "crmsync is up",
                  {{"listen", parts.settings.http.listen}, {"providers", parts.providers.names()}});
        if (parts.stopping)
            parts.fleet->stop();
        co_await parts.fleet->run();
        parts.housekeeping->stop();
    }
    parts.server.stop();
}

void Application::stop()
{
    parts_->stopping = true;
    parts_->stopped.notify();
    if (parts_->fleet)
        parts_->fleet->stop();
}

void Application::reload(Settings settings)
{
    Parts& parts = *parts_;
    for (const std::string& key : needs_restart(parts.settings, settings))
        log::warn(log::Area::config, "a changed key needs a restart", {{"key", key}});
    for (match::OtherName& name : sync::all_names(parts.settings.tracking))
        parts.retired.push_back(std::move(name));
    parts.settings.tracking = settings.tracking;
    parts.settings.privacy = settings.privacy;
    parts.settings.attachments = settings.attachments;
    parts.rules = sync::make_snapshot(parts.settings, parts.retired);
    if (parts.fleet) {
        parts.fleet->set_rules(parts.rules);
        spawn_logged(parts.executor, "own names", parts.remember_names());
    }
    if (parts.housekeeping)
        parts.housekeeping->set_settings(parts.settings);
    log::info(log::Area::config, "configuration read again");
}

} // namespace crmsync
