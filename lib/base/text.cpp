#include "base/text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace crmsync {

namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string ascii_lower(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

icu::UnicodeString composed(const icu::UnicodeString& text)
{
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    icu::UnicodeString result = U_SUCCESS(status) ? nfc->normalize(text, status) : text;
    if (U_FAILURE(status))
        throw std::runtime_error("ICU's normalisation data cannot be loaded");
    return result;
}

bool is_dropped_control(UChar32 c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

/// How many bytes in a row are printable ASCII, counted in eights: most of every body.
std::size_t plain_bytes(std::string_view bytes)
{
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    constexpr std::uint64_t spaces = 0x2020202020202020;
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) <= bytes.size(); i += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, bytes.data() + i, sizeof eight);
        // A byte below a space borrows in the subtraction, one beyond ASCII has its own high bit.
        if ((eight | (eight - spaces)) & high_bits)
            break;
    }
    return i;
}

/// Half a surrogate pair as three bytes: one broken character, not three.
bool is_half_a_pair(std::string_view bytes)
{
    const auto at = [&](std::size_t n) { return static_cast<unsigned char>(bytes[n]); };
    return bytes.size() >= 3 && at(0) == 0xED && at(1) >= 0xA0 && at(1) <= 0xBF &&
           (at(2) & 0xC0) == 0x80;
}

} // namespace

std::string fold(std::string_view utf8)
{
    if (is_ascii(utf8))
        return ascii_lower(utf8);
    const icu::StringPiece piece(utf8.data(), static_cast<std::int32_t>(utf8.size()));
    icu::UnicodeString text = composed(icu::UnicodeString::fromUTF8(piece));
    text.foldCase();
    std::string folded;
    // Folding can take a composed character apart; composing again makes fold(fold(x)) == fold(x).
    composed(text).toUTF8String(folded);
    return folded;
}

bool same_folded(std::string_view a, std::string_view b) { return a == b || fold(a) == fold(b); }

std::string name_key(std::string_view name) { return fold(trim(clean_utf8(name))); }

bool same_name(std::string_view a, std::string_view b) { return name_key(a) == name_key(b); }

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
        parts.push_back(text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    parts.push_back(text);
    return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator)
{
    std::string text;
    for (const std::string& part : parts) {
        if (&part != &parts.front())
            text += separator;
        text += part;
    }
    return text;
}

std::string clean_utf8(std::string_view bytes)
{
    std::string clean;
    clean.reserve(bytes.size());
    const char* in = bytes.data();
    std::size_t run = 0; // where the bytes begin that are fine and not copied yet
    std::size_t i = 0;
    while (i < bytes.size()) {
        if (const std::size_t plain = plain_bytes(bytes.substr(i)); plain > 0) {
            i += plain;
            continue;
        }
        const std::size_t start = i;
        UChar32 c = 0;
        U8_NEXT(in, i, bytes.size(), c);
        if (c >= 0 && !is_dropped_control(c))
            continue;
        clean.append(in + run, start - run);
        if (c < 0)
            clean += "\xEF\xBF\xBD"; // U+FFFD
        if (c < 0 && is_half_a_pair(bytes.substr(start)))
            i = start + 3;
        run = i;
    }
    return clean.append(in + run, bytes.size() - run);
}

std::string without_unseen(std::string_view utf8)
{
    std::string seen;
    const char* in = utf8.data();
    std::size_t i = 0;
    while (i < utf8.size()) {
        const std::size_t start = i;
        UChar32 c = 0;
        U8_NEXT(in, i, utf8.size(), c);
        if (c < 0 || u_charType(c) != U_FORMAT_CHAR)
            seen.append(in + start, i - start);
    }
    return seen;
}

std::string_view without_blank_end(std::string_view utf8)
{
    while (!utf8.empty()) {
        auto start = static_cast<std::int32_t>(utf8.size());
        UChar32 c = 0;
        U8_PREV(utf8.data(), 0, start, c);
        if (c < 0 || !(u_isUWhiteSpace(c) || u_iscntrl(c)))
            break;
        utf8 = utf8.substr(0, static_cast<std::size_t>(start));
    }
    return utf8;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes)
        return text;
    // Back to the start of the character that would be cut in two.
    std::size_t end = bytes;
    while (end > 0 && U8_IS_TRAIL(text[end]))
        --end;
    return text.substr(0, end);
}

} // namespace crmsync
