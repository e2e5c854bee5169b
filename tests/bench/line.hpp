#pragma once

#include "bench/database.hpp"
#include "bench/processes.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace crmsync::bench {

/// What a first load consists of.
struct Load {
    int mailboxes = 100;
    int messages = 10'000;
    int body_bytes = 4'096;
    int recipients = 2;
    bool tagged = true;
    double tagged_part = 1; ///< of the messages, where any are
    bool same = false;      ///< instead: one untagged message, which all but the first hold
    int folders = 0;        ///< of each mailbox, beside those every one has
    std::string poll_interval = "1h";
    std::vector<std::string> settings; ///< of the database, to try something: "work_mem = '64MB'"
    bool statements = false;           ///< say what each statement took; costs a tenth itself
};

/// How many messages the simulator tags of a load.
int tagged_messages(const Load& load);

/// --smoke, --messages N, --mailboxes N, --set "NAME = VALUE", --statements. Throws
/// std::invalid_argument for anything else.
Load read_load(int argc, char** argv, Load load);

/// What it took, from the start of the daemon to the last thing owed.
struct Cost {
    double seconds = 0;
    Cpu daemon;
    Cpu postgres; ///< all of the server, less what the benchmark asked itself
    Cpu simulator;
    double daemon_memory = 0; ///< MB, the most
    /// Of the daemon's /metrics: "crmsync_graph_requests_total{purpose="bodies"}" and its number.
    std::map<std::string, double> metrics;
    /// The same once each mailbox was read again after that, which brings our own writes back. Not
    /// part of anything above; empty where nothing was written.
    std::map<std::string, double> metrics_after_echo;

    /// The sum over a metric's series; of one purpose where that is given.
    double metric(const std::string& name, const std::string& purpose = "") const;
    /// What the round that brings our own writes back added to a metric.
    double echo(const std::string& name) const;
    /// Labels of a metric: {"bodies", "changes", …}.
    std::vector<std::string> purposes(const std::string& name) const;
};

/// The sum over a metric's series; of one purpose where that is given.
double sum_of(const std::map<std::string, double>& metrics, const std::string& name,
              const std::string& purpose = "");

/// PostgreSQL, the simulator with its mailboxes, and the daemon: real processes on this machine,
/// and a database in which all mailboxes are enabled before the daemon starts.
class Line {
public:
    explicit Line(const Load& load);

    /// Starts the daemon and waits until everything is read, stored and answered; then, no longer
    /// measured, until what was written has come back.
    Cost run();

    /// The parts of it, for who measures something else: starts the daemon; waits until the load
    /// has ended; waits until `done`, which is asked often, holds; ends the daemon.
    void start();
    void wait_until_loaded();
    void wait_until(const std::function<bool()>& done);
    void stop();
    /// What the daemon counted so far, and what it took.
    std::map<std::string, double> metrics() const;
    Cpu daemon_cpu() const;
    double daemon_memory() const;
    /// The first mailbox gets its copy of the message that all hold, tagged, and is woken.
    void deliver_tagged_copy();
    /// Empties a folder of a mailbox into another one, as a person would.
    void move_all(int mailbox, const std::string& from, const std::string& to);

    Database& database() { return *database_; }
    const Postgres& postgres() const { return postgres_; }
    /// How many items of a mailbox carry a category, as the simulator has it.
    int carrying(int mailbox, const std::string& category) const;

private:
    void start_simulator();
    void write_configuration();
    void enable_mailboxes();
    bool finished();
    void read_once_more();

    Load load_;
    Folder folder_{"crmsync-bench"};
    Postgres postgres_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Process> simulator_;
    std::unique_ptr<Process> daemon_;
    unsigned short simulator_port_ = 0;
    unsigned short daemon_port_ = 0;
};

} // namespace crmsync::bench
