#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace crmsync::test {

/// Stands between a program and PostgreSQL: a unix socket in a folder of its own that leads to the
/// tests' server while it is open. Closed, it is as if the server were not running.
class Relay {
public:
    /// \param url of a database on the tests' server. Begins closed.
    Relay(const std::string& url, std::filesystem::path folder);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    const std::string& url() const { return url_; } ///< of the same database, this way

    void open();
    void close(); ///< also cuts what is connected

private:
    struct Running;
    std::string url_;
    std::string socket_path_;
    std::string server_; ///< a folder, or a host
    unsigned short port_ = 5432;
    std::unique_ptr<Running> running_;
};

} // namespace crmsync::test
