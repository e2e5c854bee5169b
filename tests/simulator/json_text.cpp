#include "simulator/json_text.hpp"

#include <array>
#include <charconv>

namespace crmsync::sim {

namespace {

constexpr auto plain = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c)
        table[static_cast<std::size_t>(c)] = c >= 0x20 && c != '"' && c != '\\';
    return table;
}();

void append_control(std::string& out, char c)
{
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u00";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
}

void put_digits(char* at, unsigned value, int count)
{
    for (int i = count - 1; i >= 0; --i) {
        at[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

} // namespace

void append_escaped(std::string& out, std::string_view text)
{
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (plain[static_cast<unsigned char>(text[i])])
            continue;
        out.append(text, start, i - start);
        append_control(out, text[i]);
        start = i + 1;
    }
    out.append(text, start, text.size() - start);
}

void append_string(std::string& out, std::string_view text)
{
    out += '"';
    append_escaped(out, text);
    out += '"';
}

void append_number(std::string& out, std::uint64_t value)
{
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

void append_bool(std::string& out, bool value) { out += value ? "true" : "false"; }

std::string time_text(Timestamp at)
{
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
    std::string text = "0000-00-00T00:00:00Z";
    put_digits(text.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_digits(text.data() + 5, static_cast<unsigned>(date.month()), 2);
    put_digits(text.data() + 8, static_cast<unsigned>(date.day()), 2);
    put_digits(text.data() + 11, static_cast<unsigned>(time.hours().count()), 2);
    put_digits(text.data() + 14, static_cast<unsigned>(time.minutes().count()), 2);
    put_digits(text.data() + 17, static_cast<unsigned>(time.seconds().count()), 2);
    return text;
}

void append_time(std::string& out, Timestamp at)
{
    out += '"';
    out += time_text(at);
    out += '"';
}

void append_name(std::string& out, std::string_view name)
{
    if (out.back() != '{')
        out += ',';
    out += '"';
    out += name;
    out += "\":";
}

} // namespace crmsync::sim
