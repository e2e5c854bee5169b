#include "e2e/processes/child.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace crmsync::test {

namespace fs = std::filesystem;

namespace {

/// What a person's shell may hold and a test must not inherit.
bool is_ours(std::string_view variable)
{
    return variable.starts_with("NOTIFY_SOCKET=") || variable.starts_with("WATCHDOG_") ||
           (variable.starts_with("CRMSYNC_") && !variable.starts_with("CRMSYNC_TEST_"));
}

std::vector<std::string> environment_with(const Environment& additions)
{
    std::vector<std::string> all;
    for (char** variable = environ; *variable; ++variable)
        if (!is_ours(*variable))
            all.emplace_back(*variable);
    for (const auto& [name, value] : additions)
        all.push_back(fmt::format("{}={}", name, value));
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

int open_for_writing(const fs::path& file)
{
    const int descriptor = open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw std::runtime_error(
            fmt::format("cannot write {}: {}", file.string(), strerror(errno)));
    return descriptor;
}

} // namespace

Child::Child(std::string program, std::vector<std::string> arguments, fs::path output,
             const Environment& environment)
    : name_(fs::path(program).filename()), output_(std::move(output))
{
    fs::create_directories(output_);
    const int out = open_for_writing(output_ / "out");
    const int err = open_for_writing(output_ / "err");
    arguments.insert(arguments.begin(), program);
    std::vector<std::string> variables = environment_with(environment);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(variables);
    const pid_t parent = getpid();

    pid_ = fork();
    if (pid_ == 0) {
        // Only what is safe between fork and exec. The program dies with the test.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(126);
        const int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0 && dup2(nothing, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2)
            execve(program.c_str(), argv.data(), envp.data());
        _exit(127);
    }
    close(out);
    close(err);
    if (pid_ < 0)
        throw std::runtime_error(fmt::format("cannot start {}: {}", name_, strerror(errno)));
}

Child::~Child()
{
    if (ended())
        return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Child::signal(int number) const
{
    if (!code_)
        kill(pid_, number);
}

std::optional<int> Child::ended()
{
    if (code_)
        return code_;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_)
        code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return code_;
}

Outcome Child::wait(std::chrono::milliseconds patience)
{
    const auto latest = std::chrono::steady_clock::now() + patience;
    while (!ended()) {
        if (std::chrono::steady_clock::now() > latest)
            throw std::runtime_error(
                fmt::format("{} did not end; it printed:\n{}{}", name_, out(), err()));
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return Outcome{*code_, out(), err()};
}

std::string Child::out() const { return read_text(output_ / "out"); }
std::string Child::err() const { return read_text(output_ / "err"); }

TempFolder::TempFolder()
{
    std::string name = "/tmp/crmsync-e2e-XXXXXX";
    if (!mkdtemp(name.data()))
        throw std::runtime_error(fmt::format("no folder under /tmp: {}", strerror(errno)));
    path_ = name;
}

TempFolder::~TempFolder()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string read_text(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

void write_text(const fs::path& file, const std::string& text)
{
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + file.string());
}

} // namespace crmsync::test
