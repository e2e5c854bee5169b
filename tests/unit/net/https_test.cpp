#include "net/http_client.hpp"
#include "net_fixture.hpp"
#include "support/test_certificate.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace crmsync;
using namespace crmsync::net;
using crmsync::test::Answer;
using crmsync::test::LoopbackServer;
using crmsync::test::Received;

namespace {

/// A file that is there as long as the test.
class PemFile {
public:
    explicit PemFile(const std::string& pem)
    {
        std::string name = (std::filesystem::temp_directory_path() / "crmsync-pem-XXXXXX").string();
        const int fd = mkstemp(name.data());
        REQUIRE(fd >= 0);
        close(fd);
        path = name;
        std::ofstream(path) << pem;
    }
    ~PemFile() { std::filesystem::remove(path); }
    std::string path;
};

struct Https {
    explicit Https(std::optional<std::string> ca_file,
                   const char* names = "IP:127.0.0.1,DNS:localhost")
        : certificate(test::make_test_certificate(names)),
          server(
              context,
              [](const Received&) {
                  return Answer{200, {}, "over TLS"};
              },
              LoopbackServer::Tls{certificate.certificate_pem, certificate.key_pem}),
          own_authority(certificate.certificate_pem)
    {
        HttpOptions options;
        options.ca_file = ca_file ? *ca_file : own_authority.path;
        http.emplace(context.get_executor(), metrics, options);
    }

    Response get(std::string url)
    {
        Request request;
        request.url = std::move(url);
        return test::run(context, http->send(std::move(request)));
    }

    std::optional<Failure> failure(std::string url)
    {
        try {
            get(std::move(url));
        } catch (const Failure& failure) {
            return failure;
        }
        return std::nullopt;
    }

    test::TestCertificate certificate;
    Metrics metrics;
    boost::asio::io_context context;
    LoopbackServer server;
    PemFile own_authority;
    std::optional<HttpClient> http;
};

} // namespace

TEST_CASE("a server whose authority is in ca_file is trusted, and its connection is kept")
{
    Https https(std::nullopt);
    CHECK(https.get(https.server.url("/")).body == "over TLS");
    CHECK(https.get(https.server.url("/")).body == "over TLS");
    CHECK(https.server.connections() == 1);
}

TEST_CASE("a server of an unknown authority is refused before anything is sent")
{
    const PemFile other(test::make_test_certificate().certificate_pem);
    Https https(other.path);
    const auto failure = https.failure(https.server.url("/?token=secret"));
    REQUIRE(failure);
    CHECK(failure->name() == "net.tls");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::reauthorise));
    CHECK_THAT(failure->message(), Catch::Contains("ca_file"));
    CHECK_THAT(failure->message(), !Catch::Contains("secret"));
    CHECK(https.server.received().empty());
}

TEST_CASE("without ca_file only the system's authorities are trusted")
{
    Https https(std::nullopt);
    https.http.emplace(https.context.get_executor(), https.metrics);
    const auto failure = https.failure(https.server.url("/"));
    REQUIRE(failure);
    CHECK(failure->name() == "net.tls");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::reauthorise));
}

TEST_CASE("a ca_file that is not there is named as the reason")
{
    Https https("/nonexistent/ca.pem");
    const auto failure = https.failure(https.server.url("/"));
    REQUIRE(failure);
    CHECK(failure->name() == "net.tls");
    CHECK_THAT(failure->message(), Catch::Contains("ca_file"));
}

TEST_CASE("a certificate for another name is refused")
{
    Https https(std::nullopt, "DNS:elsewhere.example");
    const auto failure = https.failure(https.server.url("/"));
    REQUIRE(failure);
    CHECK(failure->name() == "net.tls");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::reauthorise));
    CHECK(https.server.received().empty());
}

TEST_CASE("a server that speaks no TLS on its port is a failure that is tried again")
{
    namespace asio = boost::asio;
    Https https(std::nullopt);
    asio::ip::tcp::acceptor acceptor(https.context, {asio::ip::address_v4::loopback(), 0});
    asio::ip::tcp::socket socket(https.context);
    const std::string greeting = "220 mail.example ESMTP\r\n";
    acceptor.async_accept(socket, [&](auto) { asio::write(socket, asio::buffer(greeting)); });

    const auto failure =
        https.failure(fmt::format("https://127.0.0.1:{}/", acceptor.local_endpoint().port()));
    REQUIRE(failure);
    CHECK(failure->name() == "net.tls");
    CHECK(to_string(failure->reaction()) == to_string(Reaction::retry));
}
