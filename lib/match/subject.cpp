#include "match/subject.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace crmsync::match {

namespace {

enum class Kind { reply, forward };

struct Prefix {
    std::string_view folded;
    Kind kind;
};

constexpr std::array<Prefix, 20> prefixes = {{
    {"re", Kind::reply},     {"fw", Kind::forward}, {"fwd", Kind::forward}, // English
    {"aw", Kind::reply},     {"wg", Kind::forward},                         // German
    {"tr", Kind::forward},                                                  // French
    {"rif", Kind::reply},                                                   // Italian
    {"sv", Kind::reply},     {"vs", Kind::forward}, {"vb", Kind::forward},  // Nordic, see below
    {"odp", Kind::reply},    {"pd", Kind::forward},                         // Polish
    {"rv", Kind::forward},   {"res", Kind::reply},  {"enc", Kind::forward}, // Spanish, Portuguese
    {"ref", Kind::reply},                                                   // French, older clients
    {"antw", Kind::reply},                                                  // Dutch
    {"ynt", Kind::reply},                                                   // Turkish
    {"回复", Kind::reply},                                                  // Chinese
    {"转发", Kind::forward},
}};
// "VS" is a forward in Danish and Norwegian and an answer in Finnish. Taken for a forward, a thread
// is at worst not followed; taken for an answer, a private forward would be stored.
constexpr std::string_view full_width_colon = "：";
constexpr std::size_t longest_tag = 40;
constexpr std::size_t longest_word = 16;

std::optional<Kind> kind_of(std::string_view word)
{
    if (word.size() > longest_word)
        return std::nullopt;
    const std::string folded = fold(word);
    const auto* at = std::find_if(prefixes.begin(), prefixes.end(),
                                  [&](const Prefix& prefix) { return prefix.folded == folded; });
    if (at == prefixes.end())
        return std::nullopt;
    return at->kind;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "Re[2]", "RE (3)", "Re^4", "RE2": the word without its counter.
std::string_view without_counter(std::string_view word)
{
    const bool bracketed = word.ends_with(']') || word.ends_with(')');
    std::string_view rest = bracketed ? word.substr(0, word.size() - 1) : word;
    const std::size_t before = rest.size();
    while (!rest.empty() && is_digit(rest.back()))
        rest.remove_suffix(1);
    if (rest.size() == before)
        return word;
    if (bracketed) {
        if (!rest.ends_with(word.back() == ']' ? '[' : '('))
            return word;
        rest.remove_suffix(1);
    } else if (rest.ends_with('^')) {
        rest.remove_suffix(1);
    }
    return trim(rest);
}

/// Where the first colon stands, and how many bytes it takes.
struct Colon {
    std::size_t at;
    std::size_t size;
};
std::optional<Colon> first_colon(std::string_view text)
{
    const std::size_t narrow = text.find(':');
    const std::size_t wide = text.find(full_width_colon);
    if (narrow == std::string_view::npos && wide == std::string_view::npos)
        return std::nullopt;
    if (narrow < wide)
        return Colon{narrow, 1};
    return Colon{wide, full_width_colon.size()};
}

/// "[EXTERNAL] Offer" → "Offer". A subject that is nothing but a tag keeps it.
bool strip_tag(std::string_view& text)
{
    if (!text.starts_with('['))
        return false;
    const std::size_t end = text.find(']');
    if (end > longest_tag) // or nowhere
        return false;
    const std::string_view rest = trim(text.substr(end + 1));
    if (rest.empty())
        return false;
    text = rest;
    return true;
}

std::optional<Kind> strip_prefix(std::string_view& text)
{
    const auto colon = first_colon(text);
    if (!colon)
        return std::nullopt;
    const auto kind = kind_of(without_counter(trim(text.substr(0, colon->at))));
    if (kind)
        text = trim(text.substr(colon->at + colon->size));
    return kind;
}

} // namespace

Subject read_subject(std::string_view subject)
{
    Subject result;
    std::string_view rest = trim(subject);
    bool outermost = true;
    // Every turn takes something away, so this ends.
    while (true) {
        if (strip_tag(rest))
            continue;
        const auto kind = strip_prefix(rest);
        if (!kind)
            break;
        if (outermost) {
            result.is_reply = *kind == Kind::reply;
            result.is_forward = *kind == Kind::forward;
            outermost = false;
        }
    }
    result.stripped = rest;
    return result;
}

std::string normalised_subject(std::string_view subject)
{
    const std::string folded = fold(read_subject(subject).stripped);
    std::string result;
    for (const std::string_view word : split(folded, ' ')) {
        const std::string_view trimmed = trim(word);
        if (trimmed.empty())
            continue;
        if (!result.empty())
            result += ' ';
        result += trimmed;
    }
    return result;
}

} // namespace crmsync::match
