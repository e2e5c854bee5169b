#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "live/questions.hpp"
#include "support/run.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

using namespace crmsync;

namespace {

std::string given(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string needed(const char* name)
{
    const std::string value = given(name);
    if (value.empty())
        throw std::runtime_error(fmt::format("{} is not set; see tests/live/README.md", name));
    return value;
}

std::string secret_in(const std::string& path)
{
    std::ifstream file(path);
    std::stringstream text;
    if (!(text << file.rdbuf()))
        throw std::runtime_error(fmt::format("the secret cannot be read from {}", path));
    return std::string(trim(text.str()));
}

live::Access access()
{
    live::Access one;
    one.tenant_id = needed("CRMSYNC_LIVE_TENANT");
    one.client_id = needed("CRMSYNC_LIVE_CLIENT");
    one.client_secret = secret_in(needed("CRMSYNC_LIVE_SECRET_FILE"));
    one.mailbox = needed("CRMSYNC_LIVE_MAILBOX");
    if (const std::string url = given("CRMSYNC_LIVE_AUTHORITY_URL"); !url.empty())
        one.authority_url = url;
    if (const std::string url = given("CRMSYNC_LIVE_GRAPH_URL"); !url.empty())
        one.graph_url = url;
    return one;
}

void print(const live::Answered& one)
{
    const std::string_view said = !one.yes ? "?" : *one.yes ? "yes" : "no";
    fmt::print("{:<28} {:<4} {}{}{}\n", one.name, said, one.about, one.detail.empty() ? "" : "; ",
               one.detail);
}

} // namespace

int main()
{
    try {
        boost::asio::io_context io(1);
        SystemClock clock;
        Metrics metrics;
        net::HttpClient http(io.get_executor(), metrics);
        live::Tenant tenant(http, clock, access());
        const bool sends = given("CRMSYNC_LIVE_SEND") == "1";
        bool all_found_out = true;
        for (const live::Answered& one :
             test::run(io, live::ask_all(tenant, sends), std::chrono::minutes(15))) {
            print(one);
            all_found_out = all_found_out && one.yes.has_value();
        }
        return all_found_out ? 0 : 1;
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 2;
    }
}
