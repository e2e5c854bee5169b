#include "base/failure.hpp"
#include "fuzz.hpp"
#include "net/http_status.hpp"
#include "net/token_answer.hpp"
#include "net/url.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    const net::Headers headers{{"Retry-After", std::string(text)}, {"Date", std::string(text)}};
    if (const auto after = net::retry_after(headers, Timestamp{})) {
        fuzz::must(after->count() >= 0, "nobody waits for the past");
        fuzz::must(*after <= std::chrono::hours(24), "nobody waits for more than a day");
    }

    const std::string host = net::host_of(text);
    fuzz::must(host.find_first_of("/?#@ \\") == std::string::npos, "a host is only a host");
    fuzz::must(host.empty() == !net::parse_host(text), "a URL has a host or is none");
    if (net::Origin("https://graph.microsoft.com/v1.0").is_of(text))
        fuzz::must(host == "graph.microsoft.com", "the same host has the same name");

    for (const int status : {200, 400, 503}) {
        try {
            const net::Response response{status, {}, std::string(text)};
            const auto fresh = net::read_token_answer(response, "host", "client", Timestamp{});
            fuzz::must(!fresh.token.empty(), "a token is not empty");
        } catch (const Failure& failure) {
            fuzz::must(failure.name().starts_with("token."), "the failure is the announced one");
        }
    }
    return 0;
}
