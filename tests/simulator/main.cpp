#include "base/clock.hpp"
#include "simulator/server.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

std::string read_file(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

int main(int argc, char** argv)
{
    namespace sim = crmsync::sim;
    std::string listen = "127.0.0.1:0";
    std::string seed_file;
    bool print_port = false;
    sim::ServerOptions options;
    CLI::App app("Behaves like Microsoft Graph for mail. Scripts drive it under /sim/.");
    app.add_option("--listen", listen, "address:port; port 0 takes any free one");
    app.add_option("--tls-cert", options.tls_certificate, "certificate chain (PEM)");
    app.add_option("--tls-key", options.tls_key, "its key (PEM)")->needs("--tls-cert");
    app.add_option("--seed", seed_file, "a list of script operations to begin with (JSON)");
    app.add_flag("--print-port", print_port, "print nothing but the port's number");
    app.footer("Example:\n  exchange-sim --listen 127.0.0.1:8080 --seed company.json");
    CLI11_PARSE(app, argc, argv);
    try {
        const auto colon = listen.rfind(':');
        if (colon == std::string::npos)
            throw std::runtime_error("--listen wants address:port");
        options.address = listen.substr(0, colon);
        const int port = std::stoi(listen.substr(colon + 1));
        if (port < 0 || port > 65535)
            throw std::runtime_error("--listen wants a port up to 65535");
        options.port = static_cast<std::uint16_t>(port);

        boost::asio::io_context io(1);
        crmsync::SystemClock clock;
        sim::World world(clock);
        sim::Server server(io, world, options);
        if (!seed_file.empty())
            sim::ScriptHttp(server.script()).run(read_file(seed_file));
        fmt::print("{}\n", print_port ? std::to_string(server.port()) : server.url());
        std::fflush(stdout);
        boost::asio::signal_set signals(io, SIGINT, SIGTERM);
        signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
        io.run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "exchange-sim: " << error.what() << '\n';
        return 1;
    }
}
