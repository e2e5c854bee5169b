#include "e2e/in_process/stage.hpp"

#include "base/log.hpp"
#include "store/folders.hpp"
#include "store/leases.hpp"
#include "store/record_csv.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace crmsync::test {

namespace {

using RealTime = std::chrono::steady_clock;

/// As long as an answer may take in real time before the test gives up on it.
constexpr std::chrono::seconds patience{60};

pg::ConnectionOptions sql_options(const std::string& url, bool pipeline)
{
    pg::ConnectionOptions options;
    options.url = url;
    options.purpose = "stage";
    options.pipeline = pipeline;
    return options;
}

/// The database goes by the stage's time: every session asks this table instead of the clock.
std::string clock_table(Timestamp at)
{
    return fmt::format("CREATE TABLE public.stage_clock (at timestamptz NOT NULL);"
                       "INSERT INTO public.stage_clock VALUES ('{}');"
                       "CREATE OR REPLACE FUNCTION sync.now() RETURNS timestamptz LANGUAGE sql "
                       "STABLE AS 'SELECT at FROM public.stage_clock';",
                       format_timestamp(at));
}

} // namespace

Failure cut_off()
{
    return Failure(Reaction::give_back, "stage.cut_off", "the test ends this daemon here");
}

struct Stage::Daemon {
    EventLoop loop;
    std::unique_ptr<Application> application;
    std::shared_ptr<Arrival<void>> end;
    std::map<std::string, int, std::less<>> signals;
    bool halted = false;

    Daemon() = default;
    ~Daemon()
    {
        loop.abandon();
        application.reset();
    }

    int count(std::string_view name) const
    {
        const auto found = signals.find(name);
        return found == signals.end() ? 0 : found->second;
    }
};

Stage::Stage() : clock_(*parse_timestamp("2026-03-02T08:00:00Z")), world_(clock_)
{
    log::set_level(std::getenv("CRMSYNC_TEST_LOG") ? log::Level::debug : log::Level::error);
    setenv("CRMSYNC_CONTOSO_CLIENT_SECRET", "simulator-secret", 1);
    sql_ = go(pg::Connection::open(own_loop_.get_executor(), sql_options(database_.url(), false)));
    execute(clock_table(now()));
    execute(fmt::format("ALTER DATABASE {} SET synchronous_commit = off", database_.name()));
    pool_ =
        std::make_unique<pg::Pool>(own_loop_.get_executor(), sql_options(database_.url(), true), 1);
    server_ = std::make_unique<sim::Server>(world_loop_, world_);
    turn_on_doubts(server_->graph().switches);
    privacy_ = std::make_unique<PrivacyWatch>(server_->graph().record);

    settings.database.url = database_.url();
    settings.http.listen = "127.0.0.1:0";
    settings.tracking.own_domains = {"contoso.example"};
    Settings::Provider provider;
    provider.name = "contoso";
    provider.tenant_id = "contoso.example";
    provider.client_id = server_->graph().tokens.application().client_id;
    provider.graph_url = provider.authority_url = server_->url();
    settings.providers.push_back(provider);
}

Stage::~Stage()
{
    daemons_.clear();
    privacy_->look();
    // Every scenario of the suite is looked at, whatever it is about.
    CHECK(privacy_->breaches() == std::vector<std::string>());
    if (!privacy_->races_expected)
        CHECK(privacy_->raced() == 0);
    server_.reset();
    pool_.reset();
    sql_.reset();
}

MailboxId Stage::mailbox(const std::string& address, std::optional<Mode> mode)
{
    bystander(address);
    store::Records records(*pool_);
    store::NewMailbox added;
    added.provider = "contoso";
    added.address = *parse_address(address);
    added.owner = go(records.find_or_create_user(added.address)).id;
    added.mode = mode;
    store::Mailboxes mailboxes(*pool_);
    const MailboxId id = go(mailboxes.add(added)).value().id;
    set_state(id, MailboxState::enabled);
    return id;
}

void Stage::bystander(const std::string& address)
{
    sim::MailboxSpec spec;
    spec.upn = address;
    spec.language = language;
    spec.display_name = address.substr(0, address.find('@'));
    script().create_mailbox(std::move(spec));
}

void Stage::set_state(MailboxId mailbox, MailboxState state)
{
    store::Mailboxes mailboxes(*pool_);
    go(mailboxes.set_state(mailbox, state));
}

void Stage::wake(MailboxId mailbox)
{
    store::Leases leases(*pool_);
    go(leases.wake(mailbox));
}

void Stage::resync(MailboxId mailbox)
{
    store::Folders folders(*pool_);
    go(folders.forget_all_cursors(mailbox));
    wake(mailbox);
}

std::int64_t Stage::say_about_held(MailboxId mailbox, store::HeldWish wish)
{
    store::HeldUntracks guard(*pool_);
    const std::int64_t held = go(guard.want(mailbox, wish));
    wake(mailbox);
    return held;
}

void Stage::import(const std::string& type, const std::string& csv)
{
    store::RecordFile file = store::read_record_csv(csv, type);
    store::Records records(*pool_);
    std::vector<store::RefusedRow> refused = std::move(file.refused);
    const store::ImportReport report = go(records.import(std::move(file.rows)));
    refused.insert(refused.end(), report.refused.begin(), report.refused.end());
    if (!refused.empty())
        throw std::logic_error("the test's record was refused: " + refused.front().reason);
}

void Stage::start(int daemon)
{
    auto made = std::make_unique<Daemon>();
    Daemon* const raw = made.get();
    ApplicationOptions options;
    options.capacity = capacity;
    options.step = [this, daemon, raw](std::string_view step) {
        if (raw->halted)
            throw cut_off();
        if (on_step)
            on_step(daemon, step);
    };
    options.signal = [raw](std::string_view name) { ++raw->signals[std::string(name)]; };
    options.observe = [this, daemon](const Item& item, const Decision& decision) {
        privacy_->decided(daemon, item, decision);
        if (on_decision)
            on_decision(daemon, item, decision);
    };
    raw->application =
        std::make_unique<Application>(raw->loop, clock_, settings, std::move(options));
    raw->end = test::start(raw->loop, raw->application->run());
    if (!daemons_.try_emplace(daemon, std::move(made)).second)
        throw std::logic_error("this daemon runs already");
}

void Stage::crash(int daemon)
{
    daemons_.erase(daemon);
    // What it had asked for is on its way, and it had its reasons.
    while (answer_requests(false) > 0)
        continue;
    privacy_->ended(daemon);
}

void Stage::stop(int daemon)
{
    Daemon& one = *daemons_.at(daemon);
    one.application->stop();
    until([&] { return one.end->here; }, std::chrono::minutes(1));
    if (!one.end->here)
        throw std::runtime_error("the daemon does not stop");
    one.end->take();
    crash(daemon);
}

Application& Stage::application(int daemon) { return *daemons_.at(daemon)->application; }

int Stage::signals(std::string_view name, int daemon) const
{
    return daemons_.at(daemon)->count(name);
}

void Stage::halt(int daemon)
{
    daemons_.at(daemon)->halted = true;
    daemons_.at(daemon)->loop.stop();
}

bool Stage::halted(int daemon) const { return daemons_.at(daemon)->halted; }

bool Stage::until(const std::function<bool()>& done, std::chrono::seconds limit, bool eager)
{
    return drive(done, now() + limit, eager);
}

bool Stage::run_for(std::chrono::seconds span) { return run_to(now() + span); }

bool Stage::run_to(Timestamp at)
{
    drive([] { return false; }, at, false);
    return std::none_of(daemons_.begin(), daemons_.end(),
                        [](const auto& one) { return one.second->halted; });
}

bool Stage::work_once(bool eager)
{
    std::size_t ran = 0;
    for (auto& [number, daemon] : daemons_) {
        if (daemon->halted)
            continue;
        if (daemon->loop.stopped())
            daemon->loop.restart();
        ran += eager ? daemon->loop.poll_one() : daemon->loop.poll();
        if (daemon->end->here && daemon->end->thrown && !daemon->halted)
            daemon->end->take();
    }
    return ran + answer_requests(eager) > 0;
}

std::size_t Stage::answer_requests(bool eager)
{
    if (world_loop_.stopped())
        world_loop_.restart();
    const std::size_t answered = eager ? world_loop_.poll_one() : world_loop_.poll();
    if (answered > 0)
        privacy_->look();
    return answered;
}

bool Stage::anything_under_way() const
{
    return std::any_of(daemons_.begin(), daemons_.end(), [](const auto& one) {
        return !one.second->halted && one.second->application->running() > 0;
    });
}

/// How long nothing may happen before time may jump. A daemon asks whether the database has its
/// schema over a connection that nobody counts; only its word that it waits, or runs, tells.
std::chrono::milliseconds Stage::quiet_before_jump() const
{
    std::chrono::milliseconds quiet{0};
    for (const auto& [number, daemon] : daemons_) {
        if (daemon->count("started") > 0 || daemon->end->here)
            continue;
        const bool waits = daemon->count("waiting_for_database") > 0;
        quiet = std::max<std::chrono::milliseconds>(quiet, waits ? std::chrono::milliseconds(200)
                                                                 : std::chrono::seconds(20));
    }
    return quiet;
}

void Stage::wait_for_answers(std::chrono::microseconds most)
{
    for (auto& [number, daemon] : daemons_) {
        if (daemon->halted)
            continue;
        if (daemon->loop.stopped())
            daemon->loop.restart();
        daemon->loop.run_one_for(most);
    }
}

void Stage::tell_database(Timestamp at)
{
    execute(fmt::format("UPDATE public.stage_clock SET at = '{}'", format_timestamp(at)));
}

bool Stage::drive(const std::function<bool()>& done, Timestamp limit, bool eager)
{
    auto last_event = RealTime::now();
    while (true) {
        for (const auto& [number, daemon] : daemons_)
            if (daemon->halted)
                return false;
        if (eager && done())
            return true;
        if (work_once(eager)) {
            last_event = RealTime::now();
            continue;
        }
        const auto quiet = RealTime::now() - last_event;
        if (anything_under_way() || quiet < quiet_before_jump()) {
            if (quiet > patience)
                throw std::runtime_error("operations stay under way and nothing happens");
            wait_for_answers(std::chrono::microseconds(500));
            continue;
        }
        if (done())
            return true;
        const std::optional<Timestamp> next = clock_.next_sleeper();
        const bool over = !next || *next > limit;
        const Timestamp at = over ? limit : *next;
        if (at > now()) {
            tell_database(at);
            clock_.advance_to(at);
        } else if (next && *next <= now()) {
            clock_.advance_to(now());
        }
        if (over)
            return done();
        last_event = RealTime::now();
    }
}

Stage::Rows Stage::rows(const std::string& query)
{
    const std::vector<pg::Result> results = go(sql_->run_simple(query));
    Rows rows;
    for (int i = 0; i < results.back().rows(); ++i)
        rows.push_back(results.back().get<std::optional<std::string>>(i, 0).value_or(""));
    return rows;
}

std::string Stage::one(const std::string& query)
{
    const Rows found = rows(query);
    return found.empty() ? std::string() : found.front();
}

int Stage::number(const std::string& query) { return std::stoi(one(query)); }

void Stage::execute(const std::string& sql) { go(sql_->run_simple(sql)); }

void Stage::execute_outside(const std::string& sql)
{
    const auto connection = go(pg::Connection::open(
        own_loop_.get_executor(), sql_options(test::database_url("postgres"), false)));
    go(connection->run_simple(sql));
}

int Stage::requests(const std::vector<std::string>& operations) const
{
    const auto& entries = server_->graph().record.entries();
    return static_cast<int>(
        std::count_if(entries.begin(), entries.end(), [&](const sim::RecordEntry& entry) {
            if (operations.empty())
                return entry.operation != "token" && entry.operation != "batch";
            return std::find(operations.begin(), operations.end(), entry.operation) !=
                   operations.end();
        }));
}

std::vector<std::string> Stage::categories(const sim::ItemRef& item)
{
    return script().item(item.mailbox, item.id).categories;
}

} // namespace crmsync::test
