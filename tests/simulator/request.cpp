#include "simulator/request.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace crmsync::sim {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/// "users('ann@example.com')" names two words.
void add_word(std::vector<std::string>& path, std::string_view word)
{
    std::string text = percent_decoded(word);
    const auto open = text.find("('");
    if (open == std::string::npos || open == 0 || !text.ends_with("')")) {
        path.push_back(std::move(text));
        return;
    }
    std::string key = text.substr(open + 2, text.size() - open - 4);
    for (std::size_t at = 0; (at = key.find("''", at)) != std::string::npos; ++at)
        key.erase(at, 1);
    path.push_back(text.substr(0, open));
    path.push_back(std::move(key));
}

std::string_view unquoted(std::string_view text)
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        return text.substr(1, text.size() - 2);
    return text;
}

} // namespace

bool same_name(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return x == y || lower(x) == lower(y);
           });
}

const std::string* find_header(const Headers& headers, std::string_view name)
{
    for (const auto& [key, value] : headers)
        if (same_name(key, name))
            return &value;
    return nullptr;
}

std::string_view Request::header(std::string_view name) const
{
    const std::string* const found = find_header(headers, name);
    return found ? std::string_view(*found) : std::string_view{};
}

std::string percent_decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
            hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

void read_target(Request& request, std::string_view target)
{
    request.target = target;
    const auto question = target.find('?');
    if (question != std::string_view::npos)
        request.query = target.substr(question + 1);
    for (const std::string_view word : split(target.substr(0, question), '/'))
        if (!word.empty())
            add_word(request.path, word);
}

Preferences read_preferences(const Request& request)
{
    Preferences preferences;
    for (const auto& [name, value] : request.headers) {
        if (!same_name(name, "Prefer"))
            continue;
        for (std::string_view one : split(value, ',')) {
            one = trim(one);
            const auto equals = one.find('=');
            const std::string_view key = trim(one.substr(0, equals));
            const std::string_view text = equals == std::string_view::npos
                                              ? std::string_view{}
                                              : unquoted(trim(one.substr(equals + 1)));
            if (same_name(key, "IdType"))
                preferences.immutable_ids = same_name(text, "ImmutableId");
            else if (same_name(key, "return"))
                preferences.minimal_return = same_name(text, "minimal");
            else if (same_name(key, "outlook.body-content-type")) {
                preferences.text_body = same_name(text, "text");
                preferences.html_body = same_name(text, "html");
            } else if (same_name(key, "odata.maxpagesize")) {
                std::size_t size = 0;
                if (std::from_chars(text.data(), text.data() + text.size(), size).ec == std::errc{})
                    preferences.page_size = size;
            }
        }
    }
    return preferences;
}

std::string Preferences::applied() const
{
    std::string text;
    const auto add = [&](std::string_view one) {
        if (!text.empty())
            text += ", ";
        text += one;
    };
    if (immutable_ids)
        add("IdType=\"ImmutableId\"");
    if (page_size)
        add("odata.maxpagesize=" + std::to_string(*page_size));
    if (text_body)
        add("outlook.body-content-type=\"text\"");
    if (html_body)
        add("outlook.body-content-type=\"html\"");
    return text;
}

} // namespace crmsync::sim
