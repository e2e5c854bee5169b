#include "bench/processes.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace crmsync::bench {

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file)
{
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

struct Stat {
    pid_t parent = 0;
    Cpu own;
    Cpu ended_children;
};

/// Nothing when the process is gone.
std::optional<Stat> stat_of(const fs::path& process)
{
    const std::string text = text_of(process / "stat");
    // The name before it stands in brackets and may hold anything.
    const auto bracket = text.rfind(')');
    if (bracket == std::string::npos)
        return std::nullopt;
    std::istringstream fields(text.substr(bracket + 1));
    char state = 0;
    Stat stat;
    fields >> state >> stat.parent;
    long long skipped = 0;
    for (int i = 0; i < 9; ++i)
        fields >> skipped;
    std::array<double, 4> ticks{};
    for (double& tick : ticks)
        fields >> tick;
    const auto a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    stat.own = {ticks[0] / a_second, ticks[1] / a_second};
    stat.ended_children = {ticks[2] / a_second, ticks[3] / a_second};
    return fields ? std::optional(stat) : std::nullopt;
}

fs::path folder_of(pid_t pid) { return fs::path("/proc") / std::to_string(pid); }

Stat stat_of(pid_t pid)
{
    const std::optional<Stat> stat = stat_of(folder_of(pid));
    if (!stat)
        throw std::runtime_error("process " + std::to_string(pid) + " is gone");
    return *stat;
}

bool waits(pid_t pid, std::chrono::seconds patience, int& status)
{
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

pid_t start(const std::vector<std::string>& command, const fs::path& output)
{
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const std::string file = output.string();
    const pid_t pid = fork();
    if (pid < 0)
        throw std::runtime_error("cannot start " + command.front());
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM); // a benchmark that is killed leaves nothing behind
    const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(to, STDOUT_FILENO);
    dup2(to, STDERR_FILENO);
    execvp(arguments.front(), arguments.data());
    _exit(127);
}

} // namespace

Cpu cpu_of(pid_t pid) { return stat_of(pid).own; }

Cpu cpu_of_family(pid_t pid)
{
    const Stat head = stat_of(pid);
    Cpu sum{head.own.user + head.ended_children.user, head.own.system + head.ended_children.system};
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
            continue;
        const std::optional<Stat> stat = stat_of(entry.path());
        if (!stat || stat->parent != pid)
            continue;
        sum.user += stat->own.user;
        sum.system += stat->own.system;
    }
    return sum;
}

double peak_memory(pid_t pid)
{
    std::istringstream lines(text_of(folder_of(pid) / "status"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("VmHWM:"))
            return std::stod(line.substr(6)) / 1024;
    throw std::runtime_error("process " + std::to_string(pid) + " is gone");
}

Process::Process(std::vector<std::string> command, fs::path output)
    : pid_(start(command, output)), output_(std::move(output))
{}

Process::~Process() { stop(); }

bool Process::running()
{
    int status = 0;
    if (pid_ > 0 && waitpid(pid_, &status, WNOHANG) != 0)
        pid_ = -1;
    return pid_ > 0;
}

void Process::stop()
{
    if (!running())
        return;
    kill(pid_, SIGTERM);
    int status = 0;
    if (!waits(pid_, std::chrono::seconds(10), status)) {
        kill(pid_, SIGKILL);
        waitpid(pid_, &status, 0);
    }
    pid_ = -1;
}

std::string Process::said() const { return text_of(output_); }

void run(std::vector<std::string> command, const fs::path& output)
{
    const pid_t pid = start(command, output);
    int status = 0;
    if (!waits(pid, std::chrono::minutes(3), status)) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error(command.front() + " failed:\n" + text_of(output));
}

unsigned short free_port()
{
    namespace asio = boost::asio;
    asio::io_context io;
    const asio::ip::tcp::acceptor acceptor(
        io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    return acceptor.local_endpoint().port();
}

Folder::Folder(const std::string& name)
    : path_(fs::temp_directory_path() / (name + "-" + std::to_string(getpid())))
{
    fs::create_directories(path_);
}

Folder::~Folder()
{
    std::error_code ignored; // what stays behind in the temporary folder harms nobody
    fs::remove_all(path_, ignored);
}

} // namespace crmsync::bench
