#include "print.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace crmsync {
namespace {

/// What a line ends at, or what moves the rest of it.
bool is_blank(UChar32 c)
{
    return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/// What is obeyed instead of shown: controls, and marks of direction, which reorder the text around
/// them.
bool is_obeyed(UChar32 c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// `text` with each character that is_obeyed replaced; what is no UTF-8 comes as a negative one.
template <class Replace>
std::string replaced(std::string_view text, Replace replacement)
{
    std::string out;
    out.reserve(text.size());
    const char* in = text.data();
    std::size_t i = 0;
    while (i < text.size()) {
        const std::size_t start = i;
        UChar32 c = 0;
        U8_NEXT(in, i, text.size(), c);
        if (is_obeyed(c))
            out += replacement(c);
        else
            out.append(in + start, i - start);
    }
    return out;
}

std::string shown(std::string_view text)
{
    return replaced(text, [](UChar32 c) { return is_blank(c) ? " " : "\xEF\xBF\xBD"; });
}

/// Characters, not bytes: continuation bytes of UTF-8 take no column.
std::size_t width(const std::string& text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

} // namespace

void print_line(std::ostream& out, std::string_view line) { out << shown(line) << "\n"; }

void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const std::string& name : header)
        widths.push_back(width(name));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));

    const auto print = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size())
                line += std::string(widths[i] - width(row[i]) + 2, ' ');
        }
        while (!line.empty() && line.back() == ' ')
            line.pop_back();
        print_line(out, line);
    };
    print(header);
    for (const auto& row : rows)
        print(row);
}

void print_json(std::ostream& out, const boost::json::value& value)
{
    // Outside its strings JSON text holds none of them.
    out << replaced(boost::json::serialize(value), [](UChar32 c) {
        return c < 0 ? std::string("\xEF\xBF\xBD") : fmt::format("\\u{:04x}", c);
    }) << "\n";
}

} // namespace crmsync
