#include "settings/endpoint.hpp"

#include "base/text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <optional>

namespace crmsync::settings {

namespace {

/// 127.0.0.0/8, ::1 and the name that always means them.
bool is_loopback(const boost::urls::url_view& url)
{
    switch (url.host_type()) {
    case boost::urls::host_type::ipv4:
        return url.host_ipv4_address().is_loopback();
    case boost::urls::host_type::ipv6:
        return url.host_ipv6_address().is_loopback();
    default:
        return fold(std::string(url.host_name())) == "localhost";
    }
}

/// 0 to 65535.
std::optional<unsigned> parse_port(std::string_view text)
{
    unsigned number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || number > 65'535)
        return std::nullopt;
    return number;
}

} // namespace

std::string wrong_with_url(std::string_view url)
{
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed || parsed->host().empty())
        return "expected an address such as \"https://graph.microsoft.com\"";
    const boost::urls::url_view& parts = *parsed;
    if (parts.has_userinfo() || parts.has_query() || parts.has_fragment())
        return "expected scheme, host and port only, such as \"https://graph.microsoft.com\"";
    if (!without_slash(std::string(parts.encoded_path())).empty())
        return "expected no path after the host, what follows it is added by the service";
    if (parts.has_port() && parse_port(std::string(parts.port())).value_or(0) == 0)
        return "expected a port from 1 to 65535";
    if (parts.scheme_id() == boost::urls::scheme::https)
        return "";
    if (parts.scheme_id() != boost::urls::scheme::http)
        return "expected an address that begins with https://";
    if (!is_loopback(parts))
        return "expected https://, plain http:// is accepted for loopback addresses only";
    return "";
}

std::string wrong_with_listen(std::string_view listen)
{
    std::string expected =
        "expected an IP address and a port such as \"127.0.0.1:8480\" or \"[::1]:8480\"";
    const auto colon = listen.rfind(':');
    if (colon == std::string_view::npos)
        return expected;
    std::string_view host = listen.substr(0, colon);
    const bool in_brackets = host.starts_with('[') && host.ends_with(']');
    if (in_brackets)
        host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    if (error || address.is_v6() != in_brackets)
        return expected;

    if (parse_port(listen.substr(colon + 1)))
        expected.clear();
    return expected;
}

std::string without_slash(std::string url)
{
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

} // namespace crmsync::settings
