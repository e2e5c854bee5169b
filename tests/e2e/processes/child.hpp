#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace crmsync::test {

/// How a program ended: its exit code, or minus the signal that ended it.
struct Outcome {
    int code = 0;
    std::string out;
    std::string err;
};

using Environment = std::map<std::string, std::string>;

/// A program that runs beside the test, killed with it. What it prints goes to files, so that it
/// never waits for the test to read.
class Child {
public:
    /// \param output a folder of its own for what it prints
    Child(std::string program, std::vector<std::string> arguments, std::filesystem::path output,
          const Environment& environment = {});
    ~Child(); ///< kills it where it still runs
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const; ///< nothing once it has ended

    /// As in Outcome; nothing while it runs.
    std::optional<int> ended();
    /// Throws std::runtime_error, with what it printed, where it does not end in time.
    Outcome wait(std::chrono::milliseconds patience = std::chrono::seconds(120));

    std::string out() const;
    std::string err() const;

private:
    std::string name_;
    std::filesystem::path output_;
    pid_t pid_ = -1;
    std::optional<int> code_;
};

/// A folder under /tmp that goes with the object.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);

} // namespace crmsync::test
