#include "net/url.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/grammar/ci_string.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::net {
namespace {

using boost::urls::grammar::ci_is_equal;

unsigned own_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool visible(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
}

/// Where the path, query or fragment of a URL with a scheme begins; its end where it has none.
std::size_t path_begin(std::string_view url)
{
    return std::min(url.find_first_of("/?#", url.find("://") + 3), url.size());
}

} // namespace

std::optional<Host> parse_host(std::string_view url)
{
    if (!std::all_of(url.begin(), url.end(), visible))
        return std::nullopt;
    const std::size_t colon = url.find("://");
    if (colon == std::string_view::npos)
        return std::nullopt;

    Host host;
    if (ci_is_equal(url.substr(0, colon), std::string_view("https")))
        host.scheme = "https";
    else if (ci_is_equal(url.substr(0, colon), std::string_view("http")))
        host.scheme = "http";
    else
        return std::nullopt;

    // Only the part up to the path is parsed. A backslash, which some clients take for a slash,
    // stays inside the authority and makes it invalid.
    const auto origin =
        boost::urls::parse_uri(boost::urls::string_view(url.data(), path_begin(url)));
    if (!origin || origin->has_userinfo() || origin->encoded_host().empty())
        return std::nullopt;

    const auto name = origin->encoded_host_address();
    host.name.assign(name.data(), name.size());
    std::transform(host.name.begin(), host.name.end(), host.name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    host.port = origin->port_number() == 0 ? own_port(host.scheme) : origin->port_number();
    return host;
}

std::string host_of(std::string_view url)
{
    const auto host = parse_host(url);
    if (!host)
        return {};
    const bool v6 = host->name.find(':') != std::string::npos;
    const std::string name = v6 ? fmt::format("[{}]", host->name) : host->name;
    return host->port == own_port(host->scheme) ? name : fmt::format("{}:{}", name, host->port);
}

Origin::Origin(std::string_view configured) : host_(parse_host(configured))
{
    if (host_)
        text_ = configured.substr(0, path_begin(configured));
}

bool Origin::is_of(std::string_view url) const
{
    if (!host_)
        return false;
    // Each poll asks for each of its links, and nearly all begin as configured, letter for letter.
    if (url.starts_with(text_) && url.substr(text_.size()).starts_with('/'))
        return std::all_of(url.begin(), url.end(), visible);
    return parse_host(url) == host_;
}

std::string percent_encode(std::string_view text)
{
    return boost::urls::encode(boost::urls::string_view(text.data(), text.size()),
                               boost::urls::unreserved_chars);
}

} // namespace crmsync::net
