#include "match/make_labels.hpp"

#include "base/text.hpp"

#include <set>

namespace crmsync::match {

namespace {

constexpr std::size_t most_characters = 64;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t characters_of(std::string_view text)
{
    std::size_t count = 0;
    for (const char c : text)
        count += continues(c) ? 0 : 1;
    return count;
}

/// At most so many characters, never half of one.
std::string cut(std::string_view text, std::size_t characters)
{
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if (!continues(text[at]) && characters-- == 0)
            break;
    return std::string(trim(text.substr(0, at)));
}

std::string in_one_line(std::string_view name)
{
    std::string text;
    bool gap = false;
    for (const char c : name) {
        const bool blank =
            c == ',' || c == ';' || static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
        if (!blank && gap && !text.empty())
            text += ' ';
        gap = blank;
        if (!blank)
            text += c;
    }
    return text;
}

std::string with_number(const std::string& name, const std::string& number)
{
    const std::string end = in_one_line(number);
    const std::size_t room = most_characters - std::min(most_characters, characters_of(end) + 1);
    const std::string begin = cut(name, room);
    return begin.empty() ? cut(end, most_characters) : begin + ' ' + end;
}

} // namespace

std::vector<Label> make_labels(const std::vector<LabelledRecord>& records)
{
    std::vector<Label> labels;
    std::set<std::string> taken;
    for (const LabelledRecord& record : records) {
        const std::string name = in_one_line(record.name);
        std::string text = cut(name, most_characters);
        if (record.number && (record.name_is_shared || taken.contains(name_key(text))))
            text = with_number(name, *record.number);
        if (text.empty() || !taken.insert(name_key(text)).second)
            continue;
        labels.push_back({record.id, std::move(text)});
    }
    return labels;
}

} // namespace crmsync::match
