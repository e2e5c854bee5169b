#include "bench/line.hpp"

#include "model/address.hpp"
#include "programs.hpp"
#include "store/mailboxes.hpp"
#include "store/records.hpp"
#include "support/run.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace crmsync::bench {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

constexpr auto longest_run = std::chrono::minutes(5);
constexpr auto longest_start = std::chrono::minutes(1);

std::string address_of(int mailbox) { return fmt::format("user{:03}@firm.example", mailbox); }

/// The body of an answer.
std::string get(unsigned short port, const std::string& target)
{
    asio::ip::tcp::iostream stream("127.0.0.1", std::to_string(port));
    stream << "GET " << target << " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
           << std::flush;
    std::string line;
    while (std::getline(stream, line) && line != "\r")
        continue;
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::map<std::string, double> read_metrics(unsigned short port)
{
    std::map<std::string, double> metrics;
    std::istringstream lines(get(port, "/metrics"));
    for (std::string line; std::getline(lines, line);) {
        const auto space = line.rfind(' ');
        if (!line.starts_with("crmsync_") || space == std::string::npos)
            continue;
        metrics[line.substr(0, space)] = std::stod(line.substr(space + 1));
    }
    return metrics;
}

void post(unsigned short port, const std::string& operation, const json::object& arguments)
{
    const std::string body = json::serialize(arguments);
    asio::ip::tcp::iostream stream("127.0.0.1", std::to_string(port));
    stream << "POST /sim/" << operation << " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
           << "Content-Type: application/json\r\nContent-Length: " << body.size() << "\r\n\r\n"
           << body << std::flush;
    std::string status;
    std::getline(stream, status);
    if (status.find(" 200") == std::string::npos)
        throw std::runtime_error("the simulator answers to " + operation + ": " + status);
}

/// By a list, so that no copy names whom it came to.
json::object one_for_all(int mailbox)
{
    json::object put;
    put["mailbox"] = address_of(mailbox);
    put["folder"] = "inbox";
    put["from"] = "Ann <ann@customer.example>";
    put["to"] = json::array{"everybody@firm.example"};
    put["subject"] = "To everybody";
    put["body"] = "<p>Dear all</p>";
    put["message_id"] = "<everybody@customer.example>";
    put["sent"] =
        format_timestamp(std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now()));
    return put;
}

std::string seed_file(const Load& load)
{
    json::array steps;
    json::object application;
    application["do"] = "application";
    application["tenant"] = "bench";
    application["client_id"] = "bench";
    application["secret"] = "bench";
    steps.emplace_back(std::move(application));
    json::array mailboxes;
    for (int i = 0; i < load.mailboxes; ++i) {
        json::object mailbox;
        mailbox["do"] = "create_mailbox";
        mailbox["upn"] = address_of(i);
        steps.emplace_back(std::move(mailbox));
        mailboxes.emplace_back(address_of(i));
    }
    for (int i = 0; i < load.mailboxes; ++i)
        for (int folder = 0; folder < load.folders; ++folder) {
            json::object one;
            one["do"] = "create_folder";
            one["mailbox"] = address_of(i);
            one["parent"] = "inbox";
            one["name"] = fmt::format("Folder {}", folder);
            steps.emplace_back(std::move(one));
        }
    if (load.same) {
        for (int i = 1; i < load.mailboxes; ++i) {
            json::object put = one_for_all(i);
            put["do"] = "put";
            steps.emplace_back(std::move(put));
        }
        return json::serialize(steps);
    }
    json::object seed;
    seed["do"] = "seed";
    seed["mailboxes"] = std::move(mailboxes);
    seed["count"] = load.messages;
    seed["body_size"] = load.body_bytes;
    seed["recipients"] = load.recipients;
    seed["tagged"] = load.tagged ? load.tagged_part : 0.0;
    steps.emplace_back(std::move(seed));
    return json::serialize(steps);
}

asio::awaitable<void> add_mailboxes(pg::Pool& pool, int count)
{
    store::Records records(pool);
    store::Mailboxes mailboxes(pool);
    for (int i = 0; i < count; ++i) {
        store::NewMailbox mailbox;
        mailbox.provider = "bench";
        mailbox.address = *parse_address(address_of(i));
        const store::FoundUser user = co_await records.find_or_create_user(mailbox.address);
        mailbox.owner = user.id;
        const std::optional<Mailbox> added = co_await mailboxes.add(std::move(mailbox));
        co_await mailboxes.set_state(added.value().id, MailboxState::enabled);
    }
}

} // namespace

double sum_of(const std::map<std::string, double>& metrics, const std::string& name,
              const std::string& purpose)
{
    const std::string label = purpose.empty() ? "" : fmt::format("purpose=\"{}\"", purpose);
    double sum = 0;
    for (const auto& [series, value] : metrics)
        if (series.substr(0, series.find('{')) == name && series.find(label) != std::string::npos)
            sum += value;
    return sum;
}

int tagged_messages(const Load& load)
{
    return load.tagged ? static_cast<int>(load.messages * load.tagged_part) : 0;
}

Load read_load(int argc, char** argv, Load load)
{
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        const bool has_value = i + 1 < argc;
        if (option == "--smoke") {
            load.mailboxes = 4;
            load.messages = 200;
        } else if (option == "--messages" && has_value) {
            load.messages = std::stoi(argv[++i]);
        } else if (option == "--mailboxes" && has_value) {
            load.mailboxes = std::stoi(argv[++i]);
        } else if (option == "--set" && has_value) {
            load.settings.emplace_back(argv[++i]);
        } else if (option == "--statements") {
            load.statements = true;
        } else {
            throw std::invalid_argument(
                "usage: [--smoke] [--messages N] [--mailboxes N] [--set \"NAME = VALUE\"] "
                "[--statements]");
        }
    }
    return load;
}

double Cost::metric(const std::string& name, const std::string& purpose) const
{
    return sum_of(metrics, name, purpose);
}

double Cost::echo(const std::string& name) const
{
    return sum_of(metrics_after_echo, name, "") - metric(name);
}

std::vector<std::string> Cost::purposes(const std::string& name) const
{
    std::vector<std::string> labels;
    const std::string start = name + "{purpose=\"";
    for (const auto& [series, value] : metrics)
        if (series.starts_with(start))
            labels.push_back(series.substr(start.size(), series.rfind('"') - start.size()));
    return labels;
}

Line::Line(const Load& load) : load_(load), postgres_(folder_.path(), load.statements)
{
    Database administration(postgres_.url("postgres"));
    administration.execute("CREATE DATABASE bench");
    for (const std::string& setting : load_.settings)
        administration.execute("ALTER DATABASE bench SET " + setting);
    database_ = std::make_unique<Database>(postgres_.url("bench"));
    if (load_.statements)
        database_->execute("CREATE EXTENSION pg_stat_statements");
    start_simulator();
    write_configuration();
    bench::run({crmsync_program, "--config", folder_.path() / "crmsync.toml", "migrate"},
               folder_.path() / "migrate.log");
    enable_mailboxes();
    database_->use_log_files_again();
}

void Line::start_simulator()
{
    std::ofstream(folder_.path() / "seed.json") << seed_file(load_);
    simulator_ = std::make_unique<Process>(std::vector<std::string>{exchange_sim_program, "--seed",
                                                                    folder_.path() / "seed.json",
                                                                    "--print-port"},
                                           folder_.path() / "simulator.log");
    const auto until = steady_clock::now() + longest_start;
    std::string said;
    while ((said = simulator_->said()).find('\n') == std::string::npos) {
        if (!simulator_->running() || steady_clock::now() > until)
            throw std::runtime_error("the simulator does not start: " + said);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    simulator_port_ = static_cast<unsigned short>(std::stoi(said));
}

void Line::write_configuration()
{
    daemon_port_ = free_port();
    std::ofstream(folder_.path() / "secret") << "bench";
    std::ofstream(folder_.path() / "crmsync.toml")
        << "[database]\nurl = \"" << postgres_.url("bench") << "\"\n"
        << "[http]\nlisten = \"127.0.0.1:" << daemon_port_ << "\"\n"
        << "[sync]\npoll_interval = \"" << load_.poll_interval << "\"\n"
        << "[tracking]\nown_domains = [\"firm.example\"]\n"
        << "[[provider]]\nname = \"bench\"\ntenant_id = \"bench\"\nclient_id = \"bench\"\n"
        << "client_secret_file = \"secret\"\n"
        << "authority_url = \"http://127.0.0.1:" << simulator_port_ << "\"\n"
        << "graph_url = \"http://127.0.0.1:" << simulator_port_ << "\"\n";
}

void Line::enable_mailboxes()
{
    asio::io_context io;
    pg::ConnectionOptions options;
    options.url = postgres_.url("bench");
    options.purpose = "bench";
    pg::Pool pool(io.get_executor(), options, 1);
    test::run(io, add_mailboxes(pool, load_.mailboxes));
}

/// Asked often, since loads end within seconds: the rest only once the small table of mailboxes
/// says that all is read.
bool Line::finished()
{
    if (load_.tagged &&
        database_->number("SELECT sum(link_count) FROM sync.mailbox") < tagged_messages(load_))
        return false;
    const auto answer =
        database_->rows("SELECT EXISTS (SELECT FROM sync.write_back WHERE state IN ('waiting', "
                        "'sent', 'conflict')),"
                        " (SELECT count(DISTINCT mailbox_id) FROM sync.folder),"
                        " EXISTS (SELECT FROM sync.folder WHERE round_done_at IS NULL)");
    const std::vector<std::string>& row = answer.at(0);
    return row[0] == "f" && std::stoi(row[1]) == load_.mailboxes && row[2] == "f";
}

/// Wakes every mailbox and waits for a pass that began after that. The service notes the times of
/// passes every ten seconds.
void Line::read_once_more()
{
    const std::string now = database_->rows("SELECT clock_timestamp()").at(0).at(0);
    database_->execute("UPDATE sync.lease SET due_at = least(due_at, sync.now())");
    database_->rows("SELECT pg_notify('mailbox_due', id::text) FROM sync.mailbox");
    const std::string unread =
        "SELECT count(*) FROM sync.mailbox WHERE last_pass_at IS NULL OR last_pass_at <= '" + now +
        "'";
    const auto until = steady_clock::now() + longest_run;
    while (database_->number(unread) > 0) {
        if (!daemon_->running() || steady_clock::now() > until)
            throw std::runtime_error("what was written never came back:\n" + daemon_->said());
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

void Line::start()
{
    daemon_ = std::make_unique<Process>(std::vector<std::string>{crmsync_program, "--config",
                                                                 folder_.path() / "crmsync.toml",
                                                                 "serve"},
                                        folder_.path() / "daemon.log");
}

void Line::wait_until_loaded()
{
    wait_until([this] { return finished(); });
}

void Line::wait_until(const std::function<bool()>& done)
{
    const auto until = steady_clock::now() + longest_run;
    while (!done()) {
        if (!daemon_->running() || steady_clock::now() > until)
            throw std::runtime_error("the load did not end:\n" + daemon_->said());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void Line::stop() { daemon_->stop(); }

std::map<std::string, double> Line::metrics() const { return read_metrics(daemon_port_); }

Cpu Line::daemon_cpu() const { return cpu_of(daemon_->pid()); }

double Line::daemon_memory() const { return peak_memory(daemon_->pid()); }

void Line::deliver_tagged_copy()
{
    json::object put = one_for_all(0);
    put["categories"] = json::array{"CRM Track"};
    post(simulator_port_, "put", put);
    database_->execute("UPDATE sync.lease SET due_at = sync.now() WHERE mailbox_id = "
                       "(SELECT min(id) FROM sync.mailbox)");
    database_->rows("SELECT pg_notify('mailbox_due', min(id)::text) FROM sync.mailbox");
}

void Line::move_all(int mailbox, const std::string& from, const std::string& to)
{
    json::object all;
    all["mailbox"] = address_of(mailbox);
    all["from"] = from;
    all["to"] = to;
    post(simulator_port_, "move_all", all);
}

Cost Line::run()
{
    const pid_t server = postgres_.postmaster();
    const pid_t own = database_->backend();
    const Cpu server_before = cpu_of_family(server);
    const Cpu own_before = cpu_of(own);
    const Cpu simulator_before = cpu_of(simulator_->pid());
    const auto started = steady_clock::now();

    start();
    wait_until_loaded();

    Cost cost;
    cost.seconds = Seconds(steady_clock::now() - started).count();
    cost.daemon = cpu_of(daemon_->pid());
    cost.simulator = cpu_of(simulator_->pid()) - simulator_before;
    cost.postgres = cpu_of_family(server) - server_before - (cpu_of(own) - own_before);
    cost.daemon_memory = peak_memory(daemon_->pid());
    cost.metrics = read_metrics(daemon_port_);
    if (load_.tagged) {
        read_once_more();
        cost.metrics_after_echo = read_metrics(daemon_port_);
    }
    daemon_->stop();
    return cost;
}

int Line::carrying(int mailbox, const std::string& category) const
{
    const json::value dump =
        json::parse(get(simulator_port_, "/sim/dump?mailbox=" + address_of(mailbox)));
    int count = 0;
    for (const json::value& item : dump.at("items").as_array())
        for (const json::value& carried : item.at("categories").as_array())
            count += carried.as_string() == category ? 1 : 0;
    return count;
}

} // namespace crmsync::bench
