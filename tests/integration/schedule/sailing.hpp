#pragma once

#include "integration/store/stored.hpp"
#include "schedule/fleet.hpp"
#include "schedule/schedule_metrics.hpp"
#include "support/manual_clock.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the tests of this folder share: a fleet at sea, on a clock of its own.
namespace crmsync::test {

/// A mailbox without folders: a turn over it is one look at the tree, which fails as planned.
class EmptyMailbox final : public Connector {
public:
    EmptyMailbox(std::deque<std::optional<Failure>>& planned, schedule::Wake* held_up, Clock& clock,
                 std::chrono::milliseconds latency)
        : planned_(planned), held_up_(held_up), clock_(clock), latency_(latency)
    {}

    boost::asio::awaitable<std::variant<FolderChanges, CursorExpired>>
    folders_since(Cursor) override
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
    boost::asio::awaitable<std::vector<MasterCategory>> master_categories() override
    {
        co_return std::vector<MasterCategory>();
    }
    boost::asio::awaitable<void> add_master_categories(std::vector<MasterCategory>) override
    {
        co_return;
    }

    boost::asio::awaitable<std::vector<PageAnswer>>
    changes_since(std::vector<FolderCursor>) override
    {
        throw std::logic_error("there is no folder to read");
    }
    boost::asio::awaitable<std::vector<std::optional<Item>>> look_up(std::vector<ItemKey>) override
    {
        throw std::logic_error("there is no item to look up");
    }
    boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_at_headers(std::vector<ItemKey>) override
    {
        throw std::logic_error("there is no item to look at");
    }
    boost::asio::awaitable<std::vector<Item>> find_message(std::string) override
    {
        throw std::logic_error("there is no message to find");
    }
    boost::asio::awaitable<std::vector<Item>> find_replies(std::string) override
    {
        throw std::logic_error("there is no message to find");
    }
    boost::asio::awaitable<std::vector<BodyAnswer>> fetch(std::vector<ItemKey>) override
    {
        throw std::logic_error("there is no body to fetch");
    }
    boost::asio::awaitable<std::vector<AttachmentContent>>
    fetch_attachments(std::vector<AttachmentRef>, ContentLimits) override
    {
        throw std::logic_error("there is no attachment to fetch");
    }
    boost::asio::awaitable<std::vector<WriteAnswer>>
    write_categories(std::vector<CategoryWrite>) override
    {
        throw std::logic_error("there is no item to write to");
    }
    boost::asio::awaitable<void> remove_master_categories(std::vector<std::string>) override
    {
        throw std::logic_error("no category is taken off the list");
    }
    boost::asio::awaitable<std::vector<ProbeResult>> probe() override
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
    bool until(const std::function<bool()>& done,
               std::chrono::seconds limit = std::chrono::hours(48))
    {
        return clock.run_until(stored.io, done, clock.now() + limit);
    }
    bool turns(std::string_view how, int times, std::chrono::seconds limit = std::chrono::hours(48))
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

} // namespace crmsync::test
