#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crmsync::net {

/// Where an absolute http or https URL leads. The rest of the URL is not looked at: links of a
/// provider are used byte for byte, also where they are not quite RFC 3986.
struct Host {
    std::string scheme; ///< "http" or "https"
    std::string name;   ///< lower case, without brackets
    unsigned port = 0;  ///< the scheme's own where the URL names none

    friend bool operator==(const Host&, const Host&) = default;
};

/// Nothing for anything but scheme://host[:port]…; also for a URL with a user name in it, with
/// white space or with control characters.
std::optional<Host> parse_host(std::string_view url);

/// "graph.microsoft.com", with ":port" where that is not the scheme's own: for messages, labels
/// and records. Empty for what is no such URL. Holds no path and no query, which may be secret.
std::string host_of(std::string_view url);

/// The scheme, host and port of a configured URL (RFC 6454): where a token may go along.
class Origin {
public:
    /// Of what is no URL: an origin that nothing has.
    explicit Origin(std::string_view configured);

    /// Whether `url` leads there. False for anything that is no URL.
    bool is_of(std::string_view url) const;

private:
    std::optional<Host> host_;
    std::string text_; ///< up to the path, as configured; empty where it is no URL
};

/// Percent-encodes all but letters, digits and "-._~", as a form value needs it.
std::string percent_encode(std::string_view text);

} // namespace crmsync::net
