#include "integration/store/stored.hpp"
#include "schedule/fleet.hpp"
#include "schedule/schedule_metrics.hpp"
#include "store/folders.hpp"
#include "support/manual_clock.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>

using namespace crmsync;
using namespace crmsync::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// A mailbox without folders: a turn over it is one look at the tree, which fails as planned.
class EmptyMailbox final : public Connector {
public:
    EmptyMailbox(std::deque<std::optional<Failure>>& planned, schedule::Wake* held_up, Clock& clock,
                 std::chrono::milliseconds latency)
        : planned_(planned), held_up_(held_up), clock_(clock), latency_(latency)
    {}

    asio::awaitable<std::variant<FolderChanges, CursorExpired>> folders_since(Cursor) override
    {
        if (held_up_)
            co_await held_up_->wait_until(clock_, clock_.now() + std::chrono::hours(1'000));
        if (latency_ > latency_.zero())
            co_await clock_.sleep_for(latency_);
        std::optional<Failure> failure;
        if (!planned_.empty()) {
            failure = planned_.front();
            planned_.pop_front();
        }
        if (failure)
            throw *failure;
        FolderChanges none;
        none.next = Cursor("tree");
        co_return none;
    }
    asio::awaitable<std::vector<MasterCategory>> master_categories() override
    {
        co_return std::vector<MasterCategory>();
    }
    asio::awaitable<void> add_master_categories(std::vector<MasterCategory>) override { co_return; }

    asio::awaitable<std::vector<PageAnswer>> changes_since(std::vector<FolderCursor>) override
    {
        throw std::logic_error("there is no folder to read");
    }
    asio::awaitable<std::vector<std::optional<Item>>> look_up(std::vector<ItemKey>) override
    {
        throw std::logic_error("there is no item to look up");
    }
    asio::awaitable<std::vector<std::optional<Item>>> look_at_headers(std::vector<ItemKey>) override
    {
        throw std::logic_error("there is no item to look at");
    }
    asio::awaitable<std::vector<Item>> find_message(std::string) override
    {
        throw std::logic_error("there is no message to find");
    }
    asio::awaitable<std::vector<Item>> find_replies(std::string) override
    {
        throw std::logic_error("there is no message to find");
    }
    asio::awaitable<std::vector<BodyAnswer>> fetch(std::vector<ItemKey>) override
    {
        throw std::logic_error("there is no body to fetch");
    }
    asio::awaitable<std::vector<AttachmentContent>> fetch_attachments(std::vector<AttachmentRef>,
                                                                      std::int64_t) override
    {
        throw std::logic_error("there is no attachment to fetch");
    }
    asio::awaitable<std::vector<WriteAnswer>> write_categories(std::vector<CategoryWrite>) override
    {
        throw std::logic_error("there is no item to write to");
    }
    asio::awaitable<std::vector<ProbeResult>> probe() override
    {
        co_return std::vector<ProbeResult>();
    }

private:
    std::deque<std::optional<Failure>>& planned_;
    schedule::Wake* held_up_;
    Clock& clock_;
    std::chrono::milliseconds latency_;
};

/// A fleet over one enabled mailbox, whose turns end as a test plans them: well, unless planned
/// otherwise.
struct Sailing {
    ManualClock clock{morning()};
    std::deque<std::optional<Failure>> planned;
    std::map<std::string, int, std::less<>> signals;
    Metrics metrics;
    PrivateHash hash{"secret"};
    std::function<void()> on_answer; ///< of the database to the fleet
    Stored stored;
    pg::Pool pool{stored.io.get_executor(), options(), 4};
    schedule::Wake go_on{stored.io.get_executor()};
    bool hold_up = false; ///< turns wait for go_on
    std::chrono::milliseconds latency{};
    Mailbox mailbox = stored.mailbox("ann@contoso.example");
    std::unique_ptr<schedule::Fleet> fleet;
    std::shared_ptr<Arrival<void>> ended;

    explicit Sailing(schedule::LeaseTimes times = {}, int capacity = 100)
    {
        clock.count_operations([this] { return stored.pool.running() + pool.running(); });
        schedule::FleetOptions fleet_options;
        fleet_options.daemon = stored.daemon;
        fleet_options.address = "test";
        fleet_options.times = times;
        fleet_options.capacity = capacity;
        fleet = std::make_unique<schedule::Fleet>(
            stored.io.get_executor(), pool, clock, metrics, hash,
            [this](const Mailbox&) {
                return std::make_unique<EmptyMailbox>(planned, hold_up ? &go_on : nullptr, clock,
                                                      latency);
            },
            fleet_options);
        fleet->set_rules(sync::make_snapshot(Settings()));
        fleet->set_signal(
            [this](std::string_view name, MailboxId) { ++signals[std::string(name)]; });
    }
    ~Sailing()
    {
        if (ended && !ended->here)
            stop();
    }

    pg::ConnectionOptions options()
    {
        pg::ConnectionOptions all = stored.options();
        all.step = [this](std::string_view step) {
            if (step == "sql.answer" && on_answer)
                on_answer();
        };
        return all;
    }

    void start() { ended = test::start(stored.io, fleet->run()); }
    void stop()
    {
        fleet->stop();
        until([this] { return ended->here; });
    }
    bool until(const std::function<bool()>& done, std::chrono::seconds limit = 48h)
    {
        return clock.run_until(stored.io, done, clock.now() + limit);
    }
    bool turns(std::string_view how, int times, std::chrono::seconds limit = 48h)
    {
        return until([this, how, times] { return count(how) >= times; }, limit);
    }
    int count(std::string_view signal) const
    {
        const auto found = signals.find(signal);
        return found == signals.end() ? 0 : found->second;
    }
    void fails(Reaction reaction, const char* name, int times = 1)
    {
        for (int i = 0; i < times; ++i)
            planned.emplace_back(Failure(reaction, name, "it did not work"));
    }
    void works() { planned.emplace_back(std::nullopt); }

    std::string events()
    {
        return stored.text(
            "SELECT coalesce(string_agg(level || ' ' || name, ', ' ORDER BY at, id), "
            "'none') FROM sync.event");
    }
    std::string column(const std::string& name)
    {
        return stored.text("SELECT " + name + "::text FROM sync.mailbox");
    }
};

} // namespace

TEST_CASE("a mailbox is claimed, worked on and given back")
{
    Sailing sailing;
    sailing.start();
    CHECK(sailing.turns("turn_done", 3));
    CHECK(sailing.count("claimed") == 1);
    CHECK(sailing.count("turn_failed") == 0);
    CHECK(sailing.metrics.value(schedule::metric_leases_held) == 1);
    sailing.stop();
    CHECK(sailing.count("resigned") == 1);
    CHECK(sailing.stored.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 0);
    CHECK(sailing.events() == "none");
}

TEST_CASE("the end of a first pass is recorded at once, later ones with the others")
{
    Sailing sailing;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1));
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 1s);
    CHECK(sailing.clock.now() < morning() + 10s);
    CHECK(sailing.column("last_pass_at") != "(null)");
    CHECK(sailing.column("last_failure") == "(null)");
}

TEST_CASE("a failure that lasts is told once, another one again, and so it is after better times")
{
    Sailing sailing;
    sailing.fails(Reaction::retry, "graph.unreachable", 4);
    sailing.fails(Reaction::wait, "graph.throttled", 2);
    sailing.works();
    sailing.fails(Reaction::retry, "graph.unreachable");
    sailing.start();
    REQUIRE(sailing.turns("turn_failed", 4));
    CHECK(sailing.events() == "warn graph.unreachable");
    REQUIRE(sailing.turns("turn_failed", 6));
    CHECK(sailing.events() == "warn graph.unreachable, warn graph.throttled");
    REQUIRE(sailing.turns("turn_done", 1));
    REQUIRE(sailing.turns("turn_failed", 7));
    CHECK(sailing.events() ==
          "warn graph.unreachable, warn graph.throttled, warn graph.unreachable");
    CHECK(sailing.metrics.value(schedule::metric_failures, {{"name", "graph.unreachable"}}) == 5);
}

TEST_CASE("a mailbox that cannot be handled is stopped, told once, tried daily and taken up again")
{
    // Few heartbeats: there is not much to see in three days of them.
    Sailing sailing({240h, 6h, 3s});
    sailing.fails(Reaction::stop, "graph.mailbox_gone", 3);
    sailing.start();
    REQUIRE(sailing.turns("turn_failed", 1));
    CHECK(sailing.column("state") == "stopped");
    CHECK(sailing.events() == "error graph.mailbox_gone");
    const std::string due = "SELECT due_at::text FROM sync.lease";
    const std::string due_again = sailing.stored.text(due);
    CHECK_FALSE(sailing.turns("turn_failed", 2, 23h));

    // Its own notification comes back to it, late; or a person asks.
    sailing.fleet->wake(sailing.mailbox.id);
    REQUIRE(sailing.turns("turn_failed", 2, 1s));
    CHECK(sailing.stored.text(due) == due_again); // not stopped, and told, a second time
    CHECK_FALSE(sailing.turns("turn_failed", 3, 23h));
    REQUIRE(sailing.turns("turn_failed", 3, 2h));
    CHECK(sailing.events() == "error graph.mailbox_gone");
    CHECK(sailing.column("last_failure") == "graph.mailbox_gone: it did not work");

    REQUIRE(sailing.turns("turn_done", 1, 25h));
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 11s);
    CHECK(sailing.column("state") == "enabled");
    CHECK(sailing.column("last_failure") == "(null)");
}

TEST_CASE("a lease that was lost is no failure of the mailbox")
{
    Sailing sailing;
    sailing.fails(Reaction::give_back, "lease.lost");
    sailing.start();
    REQUIRE(sailing.turns("let_go", 1));
    REQUIRE(sailing.turns("turn_done", 1));
    CHECK(sailing.count("claimed") == 2);
    sailing.stop();
    CHECK(sailing.events() == "none");
    CHECK(sailing.column("last_failure") == "(null)");
}

TEST_CASE("a wake-up brings the next turn at once")
{
    Sailing sailing;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1));
    CHECK_FALSE(sailing.turns("turn_done", 2, 50s));
    sailing.fleet->wake(sailing.mailbox.id);
    CHECK(sailing.turns("turn_done", 2, 1s));
    sailing.fleet->wake(std::nullopt);
    CHECK(sailing.turns("turn_done", 3, 1s));
}

TEST_CASE("a mailbox that was disabled is let go, and claimed again once enabled")
{
    Sailing sailing;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1));
    const MailboxId id = sailing.mailbox.id;
    sailing.stored.run(sailing.stored.mailboxes.set_state(id, MailboxState::disabled));
    sailing.fleet->wake(id);
    REQUIRE(sailing.turns("let_go", 1, 11s));
    CHECK(sailing.fleet->held() == 0);
    sailing.stored.run(sailing.stored.mailboxes.set_state(id, MailboxState::enabled));
    sailing.fleet->wake(id);
    CHECK(sailing.turns("claimed", 2, 11s));
}

TEST_CASE("whatever answer of the database is lost, the mailbox is worked on in the end")
{
    const int lost = GENERATE(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    INFO("answer " << lost);
    Sailing sailing;
    int answers = 0;
    sailing.on_answer = [&] {
        if (++answers == lost)
            throw Failure(Reaction::retry, "pg.lost", "the answer is lost");
    };
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 1, 60s));
    CHECK(answers > lost);
    CHECK(sailing.fleet->held() == 1);
    sailing.on_answer = {};
}

TEST_CASE("a mailbox whose lease is taken away in its turn is read anew as soon as that has ended")
{
    Sailing sailing;
    sailing.hold_up = true;
    sailing.start();
    REQUIRE(sailing.until([&] { return sailing.count("claimed") == 1; }));
    REQUIRE(sailing.until([&] { return sailing.clock.sleepers() >= 4; }, 1s)); // the turn waits
    store::Folders folders(sailing.stored.pool);
    sailing.stored.run(folders.forget_all_cursors(sailing.mailbox.id));
    sailing.fleet->wake(sailing.mailbox.id);
    sailing.hold_up = false;
    REQUIRE_FALSE(sailing.turns("let_go", 1, 1s));
    sailing.go_on.notify();
    CHECK(sailing.turns("turn_done", 1, 1s));
    CHECK(sailing.count("claimed") == 2);
}

TEST_CASE("a mailbox that was lost is not taken on again before its old turn has ended")
{
    Sailing sailing;
    sailing.hold_up = true;
    sailing.start();
    REQUIRE(sailing.until([&] { return sailing.count("claimed") == 1; }));
    REQUIRE(sailing.until([&] { return sailing.clock.sleepers() >= 4; }, 1s)); // the turn waits

    // Another process had it, and is gone.
    sailing.stored.sql("UPDATE sync.lease SET holder = NULL, epoch = epoch + 1");
    sailing.fleet->wake(sailing.mailbox.id);
    CHECK_FALSE(sailing.until([&] { return sailing.count("claimed") == 2; }, 60s));
    CHECK(sailing.fleet->held() == 1);

    sailing.hold_up = false;
    sailing.go_on.notify();
    REQUIRE(sailing.until([&] { return sailing.count("let_go") == 1; }, 60s));
    CHECK(sailing.count("turn_done") == 0); // its lease was not good any more
    REQUIRE(sailing.turns("turn_done", 1, 60s));
    CHECK(sailing.count("claimed") == 2);
}

TEST_CASE("a turn that hangs at the end does not keep the mailboxes from the next process")
{
    Sailing sailing;
    sailing.hold_up = true;
    sailing.start();
    REQUIRE(sailing.until([&] { return sailing.count("claimed") == 1; }));
    REQUIRE(sailing.until([&] { return sailing.clock.sleepers() >= 4; }, 1s)); // the turn waits
    sailing.fleet->stop();
    REQUIRE(sailing.until([&] { return sailing.count("resigned") == 1; }, 3s));
    CHECK_FALSE(sailing.ended->here);
    CHECK(sailing.stored.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 0);

    sailing.hold_up = false;
    sailing.go_on.notify();
    CHECK(sailing.until([&] { return sailing.ended->here; }, 60s));
    CHECK(sailing.count("resigned") == 1);
}

TEST_CASE("a database that is away is told once, and nothing is tried until it is back")
{
    Sailing sailing;
    for (const char* name : {"bea", "cid", "dan", "eve"})
        sailing.stored.mailbox(std::string(name) + "@contoso.example");
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 5));

    bool away = true;
    sailing.on_answer = [&] {
        if (away)
            throw Failure(Reaction::retry, "pg.unreachable", "the connection broke");
    };
    REQUIRE(sailing.until([&] { return sailing.count("database_away") == 1; }, 2min));
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 1s);
    const int failed = sailing.count("turn_failed");
    CHECK(failed <= 5);
    sailing.clock.run_to(sailing.stored.io, sailing.clock.now() + 20s);
    CHECK(sailing.count("turn_failed") == failed);

    away = false;
    REQUIRE(sailing.until([&] { return sailing.count("database_back") == 1; }, 2min));
    const int done = sailing.count("turn_done");
    REQUIRE(sailing.turns("turn_done", done + 5, 2min));
    CHECK(sailing.count("database_away") == 1);
    CHECK(sailing.events() == "none");
    sailing.on_answer = {};
}

TEST_CASE("mailboxes that no process has room for are counted")
{
    Sailing sailing({}, 2);
    for (const char* name : {"bea", "cid", "dan"})
        sailing.stored.mailbox(std::string(name) + "@contoso.example");
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 2));
    REQUIRE(
        sailing.until([&] { return sailing.metrics.value(schedule::metric_unclaimed) == 2; }, 30s));
    sailing.stored.sql("UPDATE sync.mailbox SET state = 'disabled' WHERE id NOT IN (SELECT "
                       "mailbox_id FROM sync.lease WHERE holder IS NOT NULL)");
    CHECK(
        sailing.until([&] { return sailing.metrics.value(schedule::metric_unclaimed) == 0; }, 30s));
}

TEST_CASE("mailboxes in which nothing is new do not wait for one another")
{
    Sailing sailing;
    for (int i = 0; i < 30; ++i)
        sailing.stored.mailbox("user" + std::to_string(i) + "@contoso.example");
    sailing.latency = 1s;
    sailing.start();
    REQUIRE(sailing.turns("turn_done", 31));
    CHECK(sailing.clock.now() - morning() < 3s);
}
