#pragma once

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "connector/connector.hpp"
#include "model/mailbox.hpp"
#include "pg/pool.hpp"
#include "schedule/due.hpp"
#include "schedule/lease_rules.hpp"
#include "schedule/wake.hpp"
#include "store/mailboxes.hpp"
#include "sync/mailbox_turn.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace crmsync::schedule {

/// Makes the connector of a mailbox. Throws Failure(stop) where its provider is not configured.
using ConnectorFactory = std::function<std::unique_ptr<Connector>(const Mailbox&)>;

/// Tests wait for these instead of for time: "registered", "claimed", "turn_done", "turn_failed",
/// "let_go", "resigned", "database_away", "database_back".
using Signal = std::function<void(std::string_view name, MailboxId mailbox)>;

struct FleetOptions {
    DaemonId daemon;
    std::string installation; ///< the mark left in mailboxes; empty: none is left
    std::string address;      ///< where this process can be asked for its health; for people
    int capacity = 10'000;    ///< mailboxes held at once
    int turns_at_once = 500;  ///< mailboxes worked on at once; sync::PageLanes bounds their memory
    LeaseTimes times;
};

/// The mailboxes this process holds, and when each is worked on.
///
/// Three loops on one executor: the heartbeat keeps the leases and claims more; the dispatcher
/// starts the turn of every mailbox that is due; the recorder writes down, in one statement, when
/// the mailboxes were last in step. A waiting mailbox costs an entry in a map, no coroutine.
class Fleet {
public:
    Fleet(boost::asio::any_io_executor executor, pg::Pool& pool, Clock& clock, Metrics& metrics,
          const PrivateHash& hash, ConnectorFactory connectors, FleetOptions options);
    ~Fleet();

    /// Runs until stop(); returns when the last turn has ended. The leases are given back then, or
    /// after two seconds, should a turn hang.
    boost::asio::awaitable<void> run();
    void stop();

    /// A mailbox is due now (it is, or may become, ours); nothing: look at everything.
    void wake(std::optional<MailboxId> mailbox);

    /// Counts from each mailbox's next turn on.
    void set_rules(std::shared_ptr<const sync::PolicySnapshot> rules);
    void set_observer(sync::DecisionObserver observe) { observe_ = std::move(observe); }
    void set_signal(Signal signal) { signal_ = std::move(signal); }

    bool holds_leases() const { return may_work(heartbeat_asked_, clock_.now(), options_.times); }
    bool database_away() const { return database_away_; }
    int held() const { return static_cast<int>(held_.size()); }

private:
    struct Held;

    boost::asio::awaitable<void> heartbeat_loop();
    boost::asio::awaitable<void> heartbeat();
    boost::asio::awaitable<void> let_go();
    boost::asio::awaitable<void> claim();
    boost::asio::awaitable<void> count_unclaimed();
    boost::asio::awaitable<void> take_on(std::vector<Fence> fences);
    boost::asio::awaitable<void> dispatch_loop();
    boost::asio::awaitable<void> resign();
    boost::asio::awaitable<void> record_loop();
    boost::asio::awaitable<void> record();
    void publish();
    boost::asio::awaitable<void> turn(MailboxId id);
    boost::asio::awaitable<sync::TurnReport> work(Held& held);
    boost::asio::awaitable<void> look_whose_it_is(Held& held);
    boost::asio::awaitable<void> expect_same_account(Held& held);
    boost::asio::awaitable<std::optional<Failure>> settle_account(Held& held);
    boost::asio::awaitable<void> settle_mark(Held& held);
    boost::asio::awaitable<bool> follow_rename(Held& held);
    boost::asio::awaitable<void> learn_language(Held& held);
    void settle_reading(Held& held, const sync::TurnReport& report);
    void settle_success(Held& held, const sync::TurnReport& report);
    boost::asio::awaitable<void> settle_failure(Held& held, const Failure& failure);
    bool is_said(std::string_view failure) const;
    void database_failed(const Failure& failure);
    void database_answers();
    void remember_pass(const Held& held, bool caught_up, const std::optional<Failure>& failure);
    void note(std::string_view signal, MailboxId mailbox = {}) const;

    boost::asio::any_io_executor executor_;
    pg::Pool& pool_;
    Clock& clock_;
    Metrics& metrics_;
    const PrivateHash& hash_;
    ConnectorFactory connectors_;
    FleetOptions options_;
    sync::PageLanes lanes_;
    std::shared_ptr<const sync::PolicySnapshot> rules_;
    sync::DecisionObserver observe_;
    Signal signal_;

    std::map<MailboxId, std::unique_ptr<Held>> held_;
    std::optional<Timestamp> heartbeat_asked_;
    std::vector<store::PassTimes> passes_;
    Wake heartbeat_wake_;
    Wake dispatch_wake_;
    Wake record_wake_;
    std::minstd_rand jitter_;
    int turns_ = 0;
    int loops_ = 0;
    bool stopping_ = false;
    bool resigned_ = false;
    Timestamp stopped_at_{};
    bool database_away_ = false;
    bool full_ = false;     ///< mailboxes are due that nobody holds, and it was said
    bool in_doubt_ = false; ///< leases may name us that we know nothing of
};

} // namespace crmsync::schedule
