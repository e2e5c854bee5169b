#pragma once

#include "e2e/processes/stage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace crmsync::test {

/// nghttpx between daemon and simulator: HTTP/2 over TLS to the one, HTTP/1.1 to the other. The
/// stage's configuration names it as the provider.
class Http2Front {
public:
    /// Says so where the program is not installed. Every machine that ran tests/run.sh has it.
    static bool is_missing();

    explicit Http2Front(Stage& stage);

    /// Listens when it returns, on the same port each time.
    void start();
    /// A new worker takes the connections from now on; the old one says GOAWAY and ends what it has
    /// begun.
    void renew_worker();
    /// Listens no more, says GOAWAY and ends what it has begun.
    void begin_to_end();
    void wait_until_ended();
    /// In the middle of whatever it does.
    void kill();

    /// One answer it gave.
    struct Served {
        std::string protocol; ///< as negotiated by ALPN: "h2"
        std::string tls;      ///< "TLSv1.3"
        int status = 0;
        std::string connection; ///< the client's port
        std::string method;
        std::string path;
    };
    std::vector<Served> served() const;
    /// What it printed, for a failing test.
    std::string said() const;

private:
    bool listens() const;

    Stage& stage_;
    unsigned short port_;
    std::unique_ptr<Child> process_;
    int started_ = 0;
};

} // namespace crmsync::test
