#include "settings/check_value.hpp"

#include "base/text.hpp"
#include "settings/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::settings {

namespace {

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// "manual, replies or all"
std::string in_words(const std::vector<std::string>& words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

} // namespace

bool check_word(Mistakes& mistakes, std::string_view key, const std::string& value,
                const std::vector<std::string>& words)
{
    if (std::find(words.begin(), words.end(), value) != words.end())
        return true;
    std::string hint;
    if (const auto near = nearest(value, words))
        hint = fmt::format(", did you mean {}?", *near);
    mistakes.add(key, fmt::format("expected {}, found {}{}", in_words(words), quoted(value), hint));
    return false;
}

void check_range(Mistakes& mistakes, std::string_view key, std::int64_t value, std::int64_t least,
                 std::int64_t most)
{
    if (value < least || value > most)
        mistakes.add(key,
                     fmt::format("expected a number from {} to {}, found {}", least, most, value));
}

bool is_domain(std::string_view text)
{
    if (text.empty() || text.size() > 253)
        return false;
    for (const std::string_view label : split(text, '.')) {
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        if (!std::all_of(label.begin(), label.end(),
                         [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; }))
            return false;
    }
    return clean_utf8(text) == text;
}

bool is_file_ending(std::string_view text)
{
    for (const std::string_view part : split(text, '.'))
        if (part.empty() || !std::all_of(part.begin(), part.end(), [](char c) {
                return is_letter_or_digit(c) || c == '-' || c == '_' || c == '~';
            }))
            return false;
    return text.size() <= 64;
}

} // namespace crmsync::settings
