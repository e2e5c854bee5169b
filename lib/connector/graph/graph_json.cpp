#include "connector/graph/graph_json.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

constexpr std::string_view replacement = "\\uFFFD";

json::value parse_strictly(std::string_view text, json::storage_ptr memory, json::error_code& ec)
{
    json::parse_options options;
    options.allow_invalid_utf8 = true; // clean_utf8 mends what is kept, where it is kept
    options.max_depth = 64;
    return json::parse(text, ec, std::move(memory), options);
}

std::optional<unsigned> hex4(std::string_view text)
{
    if (text.size() < 4)
        return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
    if (error != std::errc{} || end != text.data() + 4)
        return std::nullopt;
    return value;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Half of a pair in the three bytes that UTF-8 would have for it if it had any.
void add_half(unsigned unit, std::string& out)
{
    out += '\xED';
    out += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (unit & 0x3F));
}

/// Copies the escape at the start of `rest`, mended; returns how much of `rest` it took.
std::size_t mend_escape(std::string_view rest, std::string& out)
{
    if (rest.size() < 2)
        return out += "\\\\", rest.size();
    if (std::string_view(R"("\/bfnrt)").find(rest[1]) != std::string_view::npos) {
        out += rest.substr(0, 2);
        return 2;
    }
    if (rest[1] != 'u') {
        out += replacement;
        return 2;
    }
    const std::optional<unsigned> unit = hex4(rest.substr(2));
    if (!unit) {
        out += replacement;
        return 2;
    }
    if (is_high(*unit) && rest.size() >= 12 && rest.substr(6, 2) == "\\u") {
        const std::optional<unsigned> second = hex4(rest.substr(8));
        if (second && is_low(*second)) {
            out += rest.substr(0, 12);
            return 12;
        }
    }
    if (is_high(*unit) || is_low(*unit))
        add_half(*unit, out);
    else
        out += rest.substr(0, 6);
    return 6;
}

} // namespace

Document::Document(std::string_view text)
    : memory_(std::clamp<std::size_t>(text.size() * 2, 1024, 8u << 20))
{
    json::error_code ec;
    root_.emplace(parse_strictly(text, &memory_, ec));
    if (ec) {
        root_.reset();
        root_.emplace(parse_strictly(mend_json(text), &memory_, ec));
    }
    if (ec)
        throw Failure(Reaction::retry, "graph.unreadable_answer",
                      "Graph's answer is no JSON (" + ec.message() +
                          "); something between here and Graph may have replaced or cut it");
}

DocumentPtr parse_document(std::string_view text) { return std::make_shared<const Document>(text); }

std::string mend_json(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + 64);
    bool in_string = false;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (in_string && c == '\\') {
            i += mend_escape(text.substr(i), out);
            continue;
        }
        if (c == '"')
            in_string = !in_string;
        const bool control = static_cast<unsigned char>(c) < 0x20;
        out += control ? ' ' : c; // outside strings a control character is white space or an error
        ++i;
    }
    return out;
}

std::string with_halves_escaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto at = [&](std::size_t n) { return static_cast<unsigned char>(text[i + n]); };
        if (at(0) != 0xED || i + 2 >= text.size() || at(1) < 0xA0 || at(1) > 0xBF) {
            out += text[i];
            continue;
        }
        out += fmt::format("\\u{:04x}", 0xD000u | (at(1) & 0x3Fu) << 6 | (at(2) & 0x3Fu));
        i += 2;
    }
    return out;
}

const json::value* member(const json::value& value, std::string_view key)
{
    const json::object* object = value.if_object();
    return object ? object->if_contains(key) : nullptr;
}

const json::value* member_of_any_case(const json::value& value, std::string_view key)
{
    const json::object* object = value.if_object();
    if (!object)
        return nullptr;
    const auto at = std::find_if(object->begin(), object->end(), [&](const auto& entry) {
        return same_word({entry.key().data(), entry.key().size()}, key);
    });
    return at == object->end() ? nullptr : &at->value();
}

std::optional<std::string_view> text_of(const json::value* value)
{
    const json::string* text = value ? value->if_string() : nullptr;
    if (!text)
        return std::nullopt;
    return std::string_view(text->data(), text->size());
}

std::optional<std::string_view> text_at(const json::value& value, std::string_view key)
{
    return text_of(member(value, key));
}

std::optional<std::int64_t> number_of(const json::value* value)
{
    if (!value)
        return std::nullopt;
    json::error_code ec;
    if (value->is_number()) {
        const auto number = value->to_number<std::int64_t>(ec);
        return ec ? std::nullopt : std::optional(number);
    }
    const std::optional<std::string_view> text = text_of(value);
    if (!text)
        return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size())
        return std::nullopt;
    return number;
}

bool same_word(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [&](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_ascii(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

} // namespace crmsync::graph
