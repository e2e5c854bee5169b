#pragma once

#include "e2e/processes/child.hpp"
#include "pg/pool.hpp"
#include "support/temp_database.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::test {

namespace json = boost::json;

/// A database, a simulator of its own, a configuration that names both, and the programs: what a
/// test with real processes begins with.
class Stage {
public:
    enum class Simulator { http, https };

    explicit Stage(TempDatabase::Schema schema = TempDatabase::Schema::migrated,
                   Simulator simulator = Simulator::http);
    ~Stage();

    /// The configuration, written anew before each program starts. `tracking` and `more` are TOML
    /// text inside [tracking] and behind everything.
    struct Config {
        std::string database_url;
        unsigned short port = 0;
        std::string provider_url; ///< of what stands before the simulator, if anything does
        std::string poll_interval = "1s";
        std::string tracking = "own_domains = [\"contoso.example\"]";
        std::string credential; ///< the provider's keys that sign it in
        std::string tenant = "contoso.example";
        std::string more;
    };
    Config config;
    std::filesystem::path config_path() const { return folder_.path() / "crmsync.toml"; }
    void write_config() const;
    const std::filesystem::path& folder() const { return folder_.path(); }

    /// Runs a command to its end.
    Outcome crmsync(std::vector<std::string> arguments, const Environment& environment = {});
    /// Starts a command and comes back at once.
    std::unique_ptr<Child> start(std::vector<std::string> arguments,
                                 const Environment& environment = {});
    /// A daemon that says it is ready.
    std::unique_ptr<Child> serve(const Environment& environment = {});

    /// One operation of the simulator's script; its answer.
    json::value sim(std::string_view operation, const json::object& arguments = {});
    /// A mailbox in the simulator, added and enabled here.
    void mailbox(const std::string& address);
    /// A message from a customer to the mailbox; its id.
    std::string deliver(const std::string& mailbox, json::object mail);
    /// The categories of the message with this subject, sorted, joined by commas.
    std::string categories(const std::string& mailbox, std::string_view subject);
    std::string categories_of(const std::string& mailbox, std::string_view id);

    std::int64_t number(std::string_view query);
    std::string text(std::string_view query); ///< of a null: "(null)"
    void execute(std::string_view statement);

    /// Asks again and again until the fact holds; throws, with what the daemons logged, when it
    /// does not within the time.
    void wait_for(std::string_view what, const std::function<bool()>& fact,
                  std::chrono::seconds patience = std::chrono::seconds(120));

    const TempDatabase& database() const { return database_; }
    unsigned short sim_port() const { return sim_port_; }

private:
    void start_simulator(Simulator simulator);
    std::string categories_where(const std::string& mailbox, const char* member,
                                 std::string_view value);

    TempFolder folder_;
    TempDatabase database_;
    boost::asio::io_context io_;
    pg::Pool pool_;
    std::unique_ptr<Child> simulator_;
    std::filesystem::path simulator_ca_; ///< of the certificate it shows; empty without TLS
    unsigned short sim_port_ = 0;
    int started_ = 0;
    std::vector<std::filesystem::path> logs_;
};

} // namespace crmsync::test
