#include "simulator/extended_property.hpp"

#include "base/text.hpp"
#include "simulator/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace crmsync::sim {

namespace {

std::string lowered(std::string_view text)
{
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::optional<std::string> canonical_tag(std::string_view text)
{
    if (!text.starts_with("0x") && !text.starts_with("0X"))
        return std::nullopt;
    text.remove_prefix(2);
    std::uint32_t tag = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), tag, 16);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;
    return fmt::format("0x{:x}", tag);
}

} // namespace

std::optional<std::string> canonical_property_id(std::string_view id)
{
    id = trim(id);
    const auto space = id.find(' ');
    if (space == std::string_view::npos)
        return std::nullopt;
    const std::string type = lowered(id.substr(0, space));
    constexpr std::string_view types[] = {"string", "integer", "boolean", "systemtime",
                                          "binary", "double",  "long",    "short",
                                          "cisid",  "clsid",   "currency"};
    if (std::find(std::begin(types), std::end(types), type) == std::end(types))
        return std::nullopt;
    std::string_view rest = trim(id.substr(space));
    if (!rest.starts_with('{')) {
        const auto tag = canonical_tag(rest);
        return tag ? std::optional(type + ' ' + *tag) : std::nullopt;
    }
    const auto close = rest.find('}');
    if (close != 37)
        return std::nullopt;
    const std::string guid = lowered(rest.substr(0, close + 1));
    rest = trim(rest.substr(close + 1));
    if (rest.size() > 5 && same_name(rest.substr(0, 5), "name "))
        return type + ' ' + guid + " name " + std::string(trim(rest.substr(5)));
    if (rest.size() > 3 && same_name(rest.substr(0, 3), "id ")) {
        const auto tag = canonical_tag(trim(rest.substr(3)));
        return tag ? std::optional(type + ' ' + guid + " id " + *tag) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::string> extended_value(const Item& item, std::string_view id)
{
    for (const auto& [name, value] : item.extended)
        if (name == id)
            return value;
    const auto unless_empty = [](const std::string& text) {
        return text.empty() ? std::nullopt : std::optional(text);
    };
    if (id == "string 0x1042")
        return unless_empty(item.in_reply_to);
    if (id == "string 0x1039")
        return unless_empty(item.references);
    if (id == "string 0x1035")
        return unless_empty(item.message_id);
    if (id == "integer 0x36")
        return std::to_string(item.sensitivity);
    if (id == "string 0x1a")
        return item.message_class;
    if (id == "integer 0xe08" || id == "long 0xe08")
        return std::to_string(item.size());
    if (id == "string 0x37")
        return item.subject;
    return std::nullopt;
}

void set_extended(Item& item, std::string_view id, std::string value)
{
    for (auto& [name, old] : item.extended)
        if (name == id) {
            old = std::move(value);
            return;
        }
    item.extended.emplace_back(std::string(id), std::move(value));
}

} // namespace crmsync::sim
