#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync {

/// The domain of an address: lower case, without the dot a fully qualified name may end in;
/// international names as punycode left as they are.
struct Domain {
    std::string text;
    friend auto operator<=>(const Domain&, const Domain&) = default;
    friend bool operator==(const Domain&, const Domain&) = default;
};

/// A mail address in the form addresses are compared in: folded, without a plus-tag.
/// "Ann.Smith+crm@Example.COM." is "ann.smith@example.com".
struct Address {
    std::string text;
    friend auto operator<=>(const Address&, const Address&) = default;
    friend bool operator==(const Address&, const Address&) = default;

    Domain domain() const;
};

/// Nothing when the text is no address (no @, blank, white space inside, X.500 names of G-118).
std::optional<Address> parse_address(std::string_view text);
std::optional<Domain> parse_domain(std::string_view text);

} // namespace crmsync
