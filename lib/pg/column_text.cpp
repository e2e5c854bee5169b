#include "pg/column_text.hpp"

#include <charconv>

namespace crmsync::pg {
namespace {

/// Reads from the front of a text; each function says whether it found what it was asked for.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool number(int& value, std::size_t fewest, std::size_t most)
    {
        std::size_t digits = 0;
        while (digits < rest_.size() && digits < most && rest_[digits] >= '0' &&
               rest_[digits] <= '9')
            ++digits;
        if (digits < fewest)
            return false;
        std::from_chars(rest_.data(), rest_.data() + digits, value);
        rest_.remove_prefix(digits);
        return true;
    }

    bool literal(std::string_view text)
    {
        if (!rest_.starts_with(text))
            return false;
        rest_.remove_prefix(text.size());
        return true;
    }

    /// Up to six digits, as microseconds.
    bool fraction(int& microseconds)
    {
        const std::size_t before = rest_.size();
        if (!number(microseconds, 1, 6))
            return false;
        for (std::size_t digits = before - rest_.size(); digits < 6; ++digits)
            microseconds *= 10;
        return true;
    }

    bool done() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

} // namespace

std::optional<Timestamp> timestamp_from(std::string_view text)
{
    using namespace std::chrono;
    Reader in(text);
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, us = 0;
    if (!(in.number(y, 4, 6) && in.literal("-") && in.number(mo, 2, 2) && in.literal("-") &&
          in.number(d, 2, 2) && in.literal(" ") && in.number(h, 2, 2) && in.literal(":") &&
          in.number(mi, 2, 2) && in.literal(":") && in.number(s, 2, 2)))
        return std::nullopt;
    if (in.literal(".") && !in.fraction(us))
        return std::nullopt;

    const bool west = in.literal("-");
    int oh = 0, om = 0, os = 0;
    if (!(west || in.literal("+")) || !in.number(oh, 2, 2))
        return std::nullopt;
    if (in.literal(":") && !in.number(om, 2, 2))
        return std::nullopt;
    if (in.literal(":") && !in.number(os, 2, 2))
        return std::nullopt;
    if (in.literal(" BC"))
        y = 1 - y;
    if (!in.done())
        return std::nullopt;

    // Where std::chrono::year ends; PostgreSQL goes on to 294276, which no message will.
    if (y > 32'767)
        return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                              day{static_cast<unsigned>(d)}};
    if (!date.ok())
        return std::nullopt;
    const seconds offset = hours{oh} + minutes{om} + seconds{os};
    const Timestamp local = sys_days{date} + hours{h} + minutes{mi} + seconds{s} + microseconds{us};
    return west ? local + offset : local - offset;
}

std::optional<Bytes> bytes_from(std::string_view text)
{
    if (!text.starts_with("\\x") || text.size() % 2 != 0)
        return std::nullopt;
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9')
            return c - '0';
        if (c >= 'a' && c <= 'f')
            return c - 'a' + 10;
        return -1;
    };
    Bytes bytes;
    bytes.value.reserve(text.size() / 2 - 1);
    for (std::size_t i = 2; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes.value.push_back(static_cast<char>(high * 16 + low));
    }
    return bytes;
}

std::optional<std::vector<std::string>> elements_from(std::string_view text)
{
    if (text.size() < 2 || text.front() != '{' || text.back() != '}')
        return std::nullopt;
    text = text.substr(1, text.size() - 2);

    std::vector<std::string> elements;
    std::size_t i = 0;
    while (i < text.size()) {
        std::string element;
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                if (text[i] == '\\' && ++i == text.size())
                    return std::nullopt;
                element.push_back(text[i]);
            }
            if (i++ == text.size())
                return std::nullopt;
        } else {
            for (; i < text.size() && text[i] != ','; ++i) {
                if (text[i] == '{')
                    return std::nullopt; // more than one dimension
                element.push_back(text[i]);
            }
            // An element that reads NULL and is not quoted is one.
            if (element.empty() || element == "NULL")
                return std::nullopt;
        }
        elements.push_back(std::move(element));
        if (i < text.size() && (text[i] != ',' || ++i == text.size()))
            return std::nullopt;
    }
    return elements;
}

} // namespace crmsync::pg
