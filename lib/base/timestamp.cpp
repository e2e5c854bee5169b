#include "base/timestamp.hpp"

#include <fmt/format.h>

namespace crmsync {

namespace {

using namespace std::chrono;

constexpr Timestamp first_moment = sys_days(year(1) / 1 / 1);
constexpr Timestamp after_last_moment = sys_days(year(10000) / 1 / 1);

/// Reads a text from the left; once something does not fit, every further step fails too.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int digits(std::size_t count)
    {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!next_is_digit())
                return fail();
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    /// The next character, if it is one of `these`.
    char one_of(std::string_view these)
    {
        if (rest_.empty() || these.find(rest_.front()) == std::string_view::npos)
            return static_cast<char>(fail());
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    bool next_is_digit() const
    {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }
    bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool good() const { return good_; }
    bool at_end() const { return rest_.empty(); }

private:
    int fail()
    {
        good_ = false;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

/// 0 to 9 digits after the point, as whole microseconds.
microseconds read_fraction(Reader& in)
{
    int count = 0;
    std::int64_t value = 0;
    for (; count < 9 && in.next_is_digit(); ++count)
        value = value * 10 + in.digits(1);
    for (int i = count; i < 9; ++i)
        value *= 10;
    return microseconds(value / 1000);
}

/// "Z" or "+01:00".
minutes read_offset(Reader& in)
{
    const char sign = in.one_of("Zz+-");
    if (sign != '+' && sign != '-')
        return minutes(0);
    const int h = in.digits(2);
    in.one_of(":");
    const int m = in.digits(2);
    if (h > 23 || m > 59)
        in.one_of(""); // out of range: a failure like any other
    const minutes offset = hours(h) + minutes(m);
    return sign == '-' ? -offset : offset;
}

} // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text)
{
    Reader in(text);
    const int y = in.digits(4);
    in.one_of("-");
    const int mon = in.digits(2);
    in.one_of("-");
    const int d = in.digits(2);
    in.one_of("Tt");
    const int h = in.digits(2);
    in.one_of(":");
    const int min = in.digits(2);
    in.one_of(":");
    const int s = in.digits(2);
    microseconds fraction(0);
    if (in.next_is('.')) {
        in.one_of(".");
        fraction = read_fraction(in);
    }
    const minutes offset = read_offset(in);
    if (!in.good() || !in.at_end())
        return std::nullopt;

    const year_month_day date = year(y) / month(unsigned(mon)) / day(unsigned(d));
    // A leap second (60) is the first moment of the next minute.
    if (!date.ok() || h > 23 || min > 59 || s > 60)
        return std::nullopt;
    const Timestamp at = sys_days(date) + hours(h) + minutes(min) + seconds(s) + fraction - offset;
    if (at < first_moment || at >= after_last_moment)
        return std::nullopt;
    return at;
}

std::string format_timestamp(Timestamp at)
{
    const auto midnight = floor<days>(at);
    const year_month_day date(midnight);
    const hh_mm_ss time(at - midnight);
    std::string text = fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
        unsigned(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count());
    if (time.subseconds().count() != 0)
        text += fmt::format(".{:06}", time.subseconds().count());
    return text + "Z";
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text)
{
    // Nine digits of the largest unit would overflow microseconds; a century is enough.
    constexpr seconds longest = days(36'525);
    if (text.size() < 2 || text.size() > 11)
        return std::nullopt;
    std::int64_t number = 0;
    for (const char c : text.substr(0, text.size() - 1)) {
        if (c < '0' || c > '9')
            return std::nullopt;
        number = number * 10 + (c - '0');
    }
    std::int64_t unit = 0;
    switch (text.back()) {
    case 's':
        unit = 1;
        break;
    case 'm':
        unit = 60;
        break;
    case 'h':
        unit = 3'600;
        break;
    case 'd':
        unit = 86'400;
        break;
    default:
        return std::nullopt;
    }
    const seconds span(number * unit);
    if (span > longest)
        return std::nullopt;
    return span;
}

} // namespace crmsync
