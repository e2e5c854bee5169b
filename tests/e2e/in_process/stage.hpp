#pragma once

#include "application.hpp"
#include "base/event_loop.hpp"
#include "base/failure.hpp"
#include "e2e/in_process/privacy_watch.hpp"
#include "model/mailbox.hpp"
#include "pg/connection.hpp"
#include "pg/pool.hpp"
#include "simulator/script.hpp"
#include "simulator/server.hpp"
#include "store/held_untracks.hpp"
#include "store/mailboxes.hpp"
#include "store/records.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::test {

/// Thrown into a daemon from its step hook, when it is to be cut off there. Everything it would do
/// from then on throws the same, until the stage has abandoned it.
Failure cut_off();

/// The whole of it in one process and on one clock: a simulator, a database, and as many daemons as
/// a test starts on it. Time jumps when everybody waits for it; the database goes by the same time.
class Stage {
public:
    using Rows = std::vector<std::string>;

    Stage();
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// What daemons are started with from now on. One tenant "contoso", own domain
    /// contoso.example.
    Settings settings;
    std::optional<int> capacity;    ///< mailboxes a daemon holds at once
    std::string language = "en-US"; ///< of mailboxes from now on

    ManualClock& clock() { return clock_; }
    Timestamp now() const { return clock_.now(); }
    sim::Script& script() { return server_->script(); }
    sim::Graph& graph() { return server_->graph(); }
    sim::World& world() { return world_; }
    PrivacyWatch& privacy() { return *privacy_; }
    const std::string& database_url() const { return database_.url(); }
    pg::Pool& pool() { return *pool_; } ///< for what commands do; drive it with go()

    // The mailboxes and the CRM.
    /// A mailbox of the tenant with its user in the CRM, followed and enabled.
    MailboxId mailbox(const std::string& address, std::optional<Mode> mode = std::nullopt);
    /// One that nobody follows.
    void bystander(const std::string& address);
    void set_state(MailboxId mailbox, MailboxState state);
    void wake(MailboxId mailbox);
    void resync(MailboxId mailbox);
    /// As `crmsync held confirm` and `held reject`; how many were held.
    std::int64_t say_about_held(MailboxId mailbox, store::HeldWish wish);
    /// CSV as `crmsync record import` takes it; every row has to go in.
    void import(const std::string& type, const std::string& csv);

    // Daemons, by number.
    void start(int daemon = 1);
    /// Ends it as the end of its process would: nothing is finished, nothing is given back.
    void crash(int daemon = 1);
    /// Tells it to stop and waits until it has.
    void stop(int daemon = 1);
    bool runs(int daemon = 1) const { return daemons_.contains(daemon); }
    Application& application(int daemon = 1);
    /// How often a daemon gave this signal since it was started.
    int signals(std::string_view name, int daemon = 1) const;

    /// Called at each decision of each daemon, before anything is asked for because of it.
    std::function<void(int daemon, const Item&, const Decision&)> on_decision;
    /// Called at each step of each daemon. What it throws (cut_off()) goes into the daemon.
    std::function<void(int daemon, std::string_view step)> on_step;
    /// Tells that the daemon is to go no further: the stage stops driving it, and the drive
    /// returns. To be followed by cut_off() thrown in the hook, and crash().
    void halt(int daemon);
    bool halted(int daemon = 1) const;

    // Driving.
    /// Runs everybody until `done` holds; it is asked whenever all are waiting for time, and after
    /// every bit of work where `eager`. False when it does not within `limit` of the stage's time,
    /// or when a daemon was halted.
    bool until(const std::function<bool()>& done,
               std::chrono::seconds limit = std::chrono::minutes(10), bool eager = false);
    bool run_for(std::chrono::seconds span);
    bool run_to(Timestamp at);
    /// Long enough for every mailbox to be read twice with nothing going wrong.
    bool settle() { return run_for(std::chrono::seconds(150)); }

    // Facts.
    template <class T>
    T go(boost::asio::awaitable<T> work)
    {
        return test::run(own_loop_, std::move(work));
    }
    /// The first column of a query.
    Rows rows(const std::string& query);
    std::string one(const std::string& query); ///< "" for no row, null or an empty text
    int number(const std::string& query);
    void execute(const std::string& sql);
    /// From another database of the same server.
    void execute_outside(const std::string& sql);
    /// Requests of the given operations so far, batch parts one by one; all but `token`, `batch`
    /// where none is given.
    int requests(const std::vector<std::string>& operations = {}) const;
    std::vector<std::string> categories(const sim::ItemRef& item);

private:
    struct Daemon;

    bool drive(const std::function<bool()>& done, Timestamp limit, bool eager);
    bool work_once(bool eager);
    std::size_t answer_requests(bool eager); ///< of the simulator's; how much there was to do
    bool anything_under_way() const;
    std::chrono::milliseconds quiet_before_jump() const;
    void wait_for_answers(std::chrono::microseconds most);
    void tell_database(Timestamp at);

    ManualClock clock_;
    TempDatabase database_;
    boost::asio::io_context own_loop_{1}; ///< for the test's own questions to the database
    std::unique_ptr<pg::Connection> sql_;
    std::unique_ptr<pg::Pool> pool_;
    boost::asio::io_context world_loop_{1};
    sim::World world_;
    std::unique_ptr<sim::Server> server_;
    std::unique_ptr<PrivacyWatch> privacy_;
    std::map<int, std::unique_ptr<Daemon>> daemons_;
};

} // namespace crmsync::test
