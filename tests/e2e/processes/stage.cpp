#include "e2e/processes/stage.hpp"

#include "e2e/processes/local_http.hpp"
#include "programs.hpp"
#include "support/run.hpp"
#include "support/test_certificate.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace crmsync::test {

namespace {

pg::ConnectionOptions connection_options(const TempDatabase& database)
{
    pg::ConnectionOptions options;
    options.url = database.url();
    options.purpose = "test";
    return options;
}

} // namespace

Stage::Stage(TempDatabase::Schema schema, Simulator simulator)
    : database_(schema), pool_(io_.get_executor(), connection_options(database_), 1)
{
    write_text(folder_.path() / "secret", "simulator-secret\n");
    config.database_url = database_.url();
    config.port = free_port();
    config.credential = "client_secret_file = \"secret\"";
    start_simulator(simulator);
    write_config();
}

void Stage::start_simulator(Simulator simulator)
{
    std::vector<std::string> arguments{"--print-port"};
    if (simulator == Simulator::https) {
        const TestCertificate certificate = make_test_certificate();
        const std::filesystem::path key = folder_.path() / "simulator.key";
        simulator_ca_ = folder_.path() / "simulator.crt";
        write_text(simulator_ca_, certificate.certificate_pem);
        write_text(key, certificate.key_pem);
        arguments.insert(arguments.end(),
                         {"--tls-cert", simulator_ca_.string(), "--tls-key", key.string()});
    }
    simulator_ = std::make_unique<Child>(exchange_sim_program, std::move(arguments),
                                         folder_.path() / "simulator");
    wait_for("the simulator's port", [&] {
        if (simulator_->ended())
            throw std::runtime_error("the simulator ended: " + simulator_->err());
        return simulator_->out().ends_with('\n');
    });
    sim_port_ = static_cast<unsigned short>(std::stoi(simulator_->out()));
    if (simulator == Simulator::https) {
        config.provider_url = fmt::format("https://127.0.0.1:{}", sim_port_);
        config.credential += "\nca_file = \"simulator.crt\"";
    }
}

Stage::~Stage() = default;

void Stage::write_config() const
{
    const std::string provider = config.provider_url.empty()
                                     ? fmt::format("http://127.0.0.1:{}", sim_port_)
                                     : config.provider_url;
    write_text(config_path(),
               fmt::format(R"([database]
url = "{}"
[http]
listen = "127.0.0.1:{}"
[sync]
poll_interval = "{}"
[tracking]
{}
[[provider]]
name = "contoso"
kind = "graph"
tenant_id = "{}"
client_id = "535fb089-9ff3-47b6-9bfb-4f1264799865"
{}
authority_url = "{}"
graph_url = "{}"
{}
)",
                           config.database_url, config.port, config.poll_interval, config.tracking,
                           config.tenant, config.credential, provider, provider, config.more));
}

std::unique_ptr<Child> Stage::start(std::vector<std::string> arguments,
                                    const Environment& environment)
{
    write_config();
    arguments.insert(arguments.begin(), {"--config", config_path().string()});
    logs_.push_back(folder_.path() / fmt::format("run-{}", ++started_));
    return std::make_unique<Child>(crmsync_program, std::move(arguments), logs_.back(),
                                   environment);
}

Outcome Stage::crmsync(std::vector<std::string> arguments, const Environment& environment)
{
    return start(std::move(arguments), environment)->wait();
}

std::unique_ptr<Child> Stage::serve(const Environment& environment)
{
    std::unique_ptr<Child> daemon = start({"serve"}, environment);
    wait_for("a daemon that is ready", [&] {
        if (daemon->ended())
            throw std::runtime_error("the daemon ended: " + daemon->err());
        return local_http(config.port, "GET", "/readyz").status == 200;
    });
    return daemon;
}

json::value Stage::sim(std::string_view operation, const json::object& arguments)
{
    const std::string target = fmt::format("/sim/{}", operation);
    const std::string body = json::serialize(arguments);
    const HttpAnswer answer = simulator_ca_.empty()
                                  ? local_http(sim_port_, "POST", target, body)
                                  : local_https(sim_port_, simulator_ca_, target, body);
    if (answer.status != 200)
        throw std::runtime_error(fmt::format("the simulator answers {} to {}: {}", answer.status,
                                             operation, answer.body));
    return json::parse(answer.body);
}

void Stage::mailbox(const std::string& address)
{
    sim("create_mailbox", {{"upn", address}});
    for (const auto& arguments :
         {std::vector<std::string>{"mailbox", "add", address, "--provider", "contoso"},
          std::vector<std::string>{"mailbox", "enable", address}}) {
        const Outcome outcome = crmsync(arguments);
        if (outcome.code != 0)
            throw std::runtime_error("crmsync mailbox: " + outcome.err);
    }
}

std::string Stage::deliver(const std::string& mailbox, json::object mail)
{
    if (!mail.contains("from"))
        mail["from"] = "Kim Abel <kim@customer.example>";
    if (!mail.contains("to"))
        mail["to"] = mailbox;
    mail["mailbox"] = mailbox;
    mail["folder"] = "inbox";
    const json::value answer = sim("put", mail);
    return std::string(answer.at("items").at(0).at("id").as_string());
}

std::string Stage::categories(const std::string& mailbox, std::string_view subject)
{
    return categories_where(mailbox, "subject", subject);
}

std::string Stage::categories_of(const std::string& mailbox, std::string_view id)
{
    return categories_where(mailbox, "id", id);
}

std::string Stage::categories_where(const std::string& mailbox, const char* member,
                                    std::string_view value)
{
    const json::value dump = sim("dump", {{"mailbox", mailbox}});
    for (const json::value& item : dump.at("items").as_array()) {
        if (item.at(member).as_string() != value)
            continue;
        std::vector<std::string> names;
        for (const json::value& name : item.at("categories").as_array())
            names.emplace_back(name.as_string());
        std::sort(names.begin(), names.end());
        return fmt::format("{}", fmt::join(names, ","));
    }
    throw std::runtime_error(
        fmt::format("no message with {} \"{}\" in {}", member, value, mailbox));
}

std::int64_t Stage::number(std::string_view query)
{
    return run(io_, pool_.run(pg::Statement{"", query})).get<std::int64_t>(0, 0);
}

std::string Stage::text(std::string_view query)
{
    return run(io_, pool_.run(pg::Statement{"", query}))
        .get<std::optional<std::string>>(0, 0)
        .value_or("(null)");
}

void Stage::execute(std::string_view statement)
{
    run(io_, pool_.run(pg::Statement{"", statement}));
}

void Stage::wait_for(std::string_view what, const std::function<bool()>& fact,
                     std::chrono::seconds patience)
{
    const auto latest = std::chrono::steady_clock::now() + patience;
    while (!fact()) {
        if (std::chrono::steady_clock::now() > latest) {
            std::string said;
            for (const std::filesystem::path& log : logs_)
                said += read_text(log / "err");
            const std::size_t shown = std::min<std::size_t>(said.size(), 4000);
            throw std::runtime_error(fmt::format("waited in vain for {}; the programs said:\n{}",
                                                 what, said.substr(said.size() - shown)));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

} // namespace crmsync::test
