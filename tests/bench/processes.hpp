#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace crmsync::bench {

/// Processor time, in seconds.
struct Cpu {
    double user = 0;
    double system = 0;

    double total() const { return user + system; }
    friend Cpu operator-(const Cpu& a, const Cpu& b)
    {
        return {a.user - b.user, a.system - b.system};
    }
};

/// Of one living process.
Cpu cpu_of(pid_t pid);

/// Of a living process, its living children, and those of its children that have ended: a
/// PostgreSQL server with all its backends.
Cpu cpu_of_family(pid_t pid);

/// The most memory the process ever had, in MB.
double peak_memory(pid_t pid);

/// A program that runs beside this one; what it says goes to a file. It is asked to end, and
/// waited for, when this goes.
class Process {
public:
    Process(std::vector<std::string> command, std::filesystem::path output);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    bool running();
    /// Ends it, gently at first.
    void stop();
    std::string said() const;

private:
    pid_t pid_ = -1;
    std::filesystem::path output_;
};

/// Runs a program to its end. Throws std::runtime_error with what it said unless it ends well.
void run(std::vector<std::string> command, const std::filesystem::path& output);

/// A port of the loopback address that nobody listens on.
unsigned short free_port();

/// A folder of this process, removed with all it holds.
class Folder {
public:
    explicit Folder(const std::string& name);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace crmsync::bench
