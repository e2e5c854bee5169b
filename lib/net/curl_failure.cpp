#include "net/curl_failure.hpp"

#include "net/url.hpp"

#include <fmt/format.h>

namespace crmsync::net {
namespace {

struct Row {
    CURLcode code;
    Reaction reaction;
    std::string_view name;
    std::string_view advice; ///< what a person can do, if it does not go away
};

constexpr std::string_view check_network = "check the name, DNS, proxy and firewall";
constexpr std::string_view check_authority =
    "name the certificate authority of this server in ca_file, if it is a private one";
constexpr std::string_view check_url = "check the URL in the configuration";

constexpr Row table[] = {
    {CURLE_URL_MALFORMAT, Reaction::reauthorise, "net.bad_url", check_url},
    {CURLE_UNSUPPORTED_PROTOCOL, Reaction::reauthorise, "net.bad_url", check_url},
    {CURLE_COULDNT_RESOLVE_HOST, Reaction::retry, "net.unreachable", check_network},
    {CURLE_COULDNT_RESOLVE_PROXY, Reaction::retry, "net.unreachable", check_network},
    {CURLE_COULDNT_CONNECT, Reaction::retry, "net.unreachable", check_network},
    {CURLE_PROXY, Reaction::retry, "net.unreachable", check_network},
    {CURLE_OPERATION_TIMEDOUT, Reaction::retry, "net.deadline", ""},
    {CURLE_FILESIZE_EXCEEDED, Reaction::set_aside, "net.answer_too_large", ""},
    {CURLE_PEER_FAILED_VERIFICATION, Reaction::reauthorise, "net.tls", check_authority},
    {CURLE_SSL_ISSUER_ERROR, Reaction::reauthorise, "net.tls", check_authority},
    {CURLE_SSL_INVALIDCERTSTATUS, Reaction::reauthorise, "net.tls", check_authority},
    {CURLE_SSL_CACERT_BADFILE, Reaction::reauthorise, "net.tls",
     "check that ca_file is a readable PEM file"},
    {CURLE_SSL_CERTPROBLEM, Reaction::reauthorise, "net.tls", ""},
    {CURLE_SSL_CONNECT_ERROR, Reaction::retry, "net.tls",
     "the server must speak TLS 1.2 or newer on this port"},
    {CURLE_SSL_CIPHER, Reaction::reauthorise, "net.tls", ""},
};

Row row_for(const Transfer& transfer)
{
    if (transfer.too_large)
        return {transfer.code, Reaction::set_aside, "net.answer_too_large", ""};
    if (transfer.code == CURLE_OPERATION_TIMEDOUT && !transfer.connected)
        return {transfer.code, Reaction::retry, "net.unreachable", check_network};
    for (const Row& row : table)
        if (row.code == transfer.code)
            return row;
    return {transfer.code, Reaction::retry, "net.broken", ""};
}

} // namespace

Failure failure_of(const Transfer& transfer)
{
    const Row row = row_for(transfer);
    const std::string host = host_of(transfer.request.url);
    std::string message =
        row.name == "net.answer_too_large"
            ? fmt::format("the answer of {} is larger than {} bytes", host,
                          transfer.request.max_body)
            : fmt::format("no answer from {}: {}", host.empty() ? "a URL without host" : host,
                          transfer.error);
    if (!row.advice.empty())
        message.append("; ").append(row.advice);
    return Failure(row.reaction, std::string(row.name), std::move(message));
}

} // namespace crmsync::net
