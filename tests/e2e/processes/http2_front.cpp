#include "e2e/processes/http2_front.hpp"

#include "support/skipped.hpp"
#include "support/test_certificate.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace crmsync::test {

namespace asio = boost::asio;

namespace {

constexpr const char* log_format =
    "$alpn $tls_protocol $status $remote_port $method $path_without_query";

/// Where it is; empty where it is not installed.
std::string program()
{
    for (const char* path : {"/usr/sbin/nghttpx", "/usr/bin/nghttpx", "/usr/local/bin/nghttpx"})
        if (std::filesystem::exists(path))
            return path;
    return {};
}

/// Below those that are given to whoever asks for any port: nobody takes it while nghttpx is away.
unsigned short lasting_port()
{
    asio::io_context io;
    for (int port = 10'000 + getpid() % 20'000; port < 32'000; ++port) {
        const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(),
                                            static_cast<unsigned short>(port));
        asio::ip::tcp::acceptor acceptor(io, place.protocol());
        boost::system::error_code taken;
        acceptor.bind(place, taken);
        if (!taken)
            return place.port();
    }
    throw std::runtime_error("there is no free port below those of the kernel");
}

} // namespace

bool Http2Front::is_missing()
{
    if (!program().empty())
        return false;
    note_skipped("there is no nghttpx here (package nghttp2-proxy)");
    return true;
}

Http2Front::Http2Front(Stage& stage) : stage_(stage), port_(lasting_port())
{
    const TestCertificate certificate = make_test_certificate();
    write_text(stage_.folder() / "front.crt", certificate.certificate_pem);
    write_text(stage_.folder() / "front.key", certificate.key_pem);
    stage_.config.provider_url = fmt::format("https://127.0.0.1:{}", port_);
    stage_.config.credential += "\nca_file = \"front.crt\"";
    start();
}

void Http2Front::start()
{
    process_.reset();
    process_ = std::make_unique<Child>(
        program(),
        std::vector<std::string>{
            "--conf=/dev/null", "--no-ocsp", "--workers=1",
            fmt::format("--frontend=127.0.0.1,{}", port_),
            fmt::format("--backend=127.0.0.1,{}", stage_.sim_port()),
            fmt::format("--accesslog-file={}", (stage_.folder() / "front.log").string()),
            fmt::format("--accesslog-format={}", log_format),
            (stage_.folder() / "front.key").string(), (stage_.folder() / "front.crt").string()},
        stage_.folder() / fmt::format("front-{}", ++started_));
    stage_.wait_for("nghttpx to listen", [&] {
        if (process_->ended())
            throw std::runtime_error("nghttpx ended: " + said());
        return listens();
    });
}

void Http2Front::renew_worker() { process_->signal(SIGHUP); }

void Http2Front::begin_to_end()
{
    process_->signal(SIGQUIT);
    stage_.wait_for("nghttpx to listen no more", [&] { return !listens(); });
}

void Http2Front::wait_until_ended() { process_->wait(); }

void Http2Front::kill()
{
    process_->signal(SIGKILL);
    process_->wait();
    stage_.wait_for("the port of the killed nghttpx", [&] { return !listens(); });
}

bool Http2Front::listens() const
{
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    boost::system::error_code refused;
    socket.connect({asio::ip::address_v4::loopback(), port_}, refused);
    return !refused;
}

std::vector<Http2Front::Served> Http2Front::served() const
{
    std::istringstream lines(read_text(stage_.folder() / "front.log"));
    std::vector<Served> all;
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        Served& one = all.emplace_back();
        words >> one.protocol >> one.tls >> one.status >> one.connection >> one.method >> one.path;
    }
    return all;
}

std::string Http2Front::said() const { return process_->out() + process_->err(); }

} // namespace crmsync::test
