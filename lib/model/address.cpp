#include "model/address.hpp"

#include "base/text.hpp"
#include "model/x500.hpp"

#include <algorithm>

namespace crmsync {

namespace {

constexpr std::size_t longest_address = 320; // 64 + "@" + 255
constexpr std::size_t longest_domain = 255;

bool breaks_an_address(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>' || c == ',' || c == ';';
}

/// "ann+crm" is "ann". A local part that is nothing but a tag stays as it is.
std::string_view without_tag(std::string_view local)
{
    const auto plus = local.find('+');
    return plus == std::string_view::npos || plus == 0 ? local : local.substr(0, plus);
}

} // namespace

bool is_x500(std::string_view folded)
{
    if (folded.starts_with("ex:"))
        folded.remove_prefix(3);
    return folded.starts_with("/o=") || folded.starts_with("/c=") || folded.starts_with("/cn=");
}

Domain Address::domain() const { return {text.substr(text.rfind('@') + 1)}; }

std::optional<Domain> parse_domain(std::string_view text)
{
    std::string folded = fold(trim(text));
    if (folded.ends_with('.')) // a fully qualified name, as a resolver writes it
        folded.pop_back();
    if (folded.empty() || folded.size() > longest_domain)
        return std::nullopt;
    if (std::any_of(folded.begin(), folded.end(), breaks_an_address) ||
        folded.find_first_of("@/\\:\"()") != std::string::npos)
        return std::nullopt;
    for (const std::string_view label : split(folded, '.'))
        if (label.empty())
            return std::nullopt;
    return Domain{std::move(folded)};
}

std::optional<Address> parse_address(std::string_view text)
{
    const std::string_view trimmed = trim(text);
    // Measured before folding as well: a hostile megabyte is not worth folding.
    if (trimmed.size() > longest_address)
        return std::nullopt;
    const std::string folded = fold(trimmed);
    if (folded.size() > longest_address || is_x500(folded) ||
        std::any_of(folded.begin(), folded.end(), breaks_an_address))
        return std::nullopt;
    const auto at = folded.rfind('@');
    if (at == std::string::npos || at == 0 || folded.find('@') != at)
        return std::nullopt;
    const auto domain = parse_domain(std::string_view(folded).substr(at + 1));
    if (!domain)
        return std::nullopt;
    std::string address(without_tag(std::string_view(folded).substr(0, at)));
    return Address{address + "@" + domain->text};
}

} // namespace crmsync
