#include "pg/result.hpp"

#include "base/uuid.hpp"
#include "pg/column_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace crmsync::pg {
namespace {

template <class Number>
std::optional<Number> number_from(std::string_view text)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// Reads each element with `read`, or nothing when one of them cannot be read.
template <class T, class Read>
std::optional<std::vector<T>> all_from(std::string_view text, Read read)
{
    const auto elements = elements_from(text);
    if (!elements)
        return std::nullopt;
    std::vector<T> values;
    values.reserve(elements->size());
    for (const std::string& element : *elements) {
        std::optional<T> value = read(element);
        if (!value)
            return std::nullopt;
        values.push_back(*value);
    }
    return values;
}

template <class T>
std::optional<T> read(std::string_view text)
{
    if constexpr (std::is_same_v<T, bool>) {
        if (text == "t" || text == "f")
            return text == "t";
        return std::nullopt;
    } else if constexpr (std::is_arithmetic_v<T>)
        return number_from<T>(text);
    else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>)
        return T(text);
    else if constexpr (std::is_same_v<T, Uuid>)
        return parse_uuid(text);
    else if constexpr (std::is_same_v<T, Timestamp>)
        return timestamp_from(text);
    else if constexpr (std::is_same_v<T, Bytes>)
        return bytes_from(text);
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        return elements_from(text);
    else
        return all_from<typename T::value_type>(text, read<typename T::value_type>);
}

template <class T>
struct Optional {
    static constexpr bool value = false;
    using type = T;
};
template <class T>
struct Optional<std::optional<T>> {
    static constexpr bool value = true;
    using type = T;
};

} // namespace

Result::Result(PGresult* result, std::string statement)
    : result_(result), statement_(std::move(statement))
{}

int Result::rows() const { return result_ ? PQntuples(result_.get()) : 0; }

std::int64_t Result::affected() const
{
    return result_ ? number_from<std::int64_t>(PQcmdTuples(result_.get())).value_or(0) : 0;
}

std::string Result::command_tag() const { return result_ ? PQcmdStatus(result_.get()) : ""; }

template <class T>
T Result::get(int row, int column) const
{
    if (row < 0 || row >= rows() || column < 0 || column >= PQnfields(result_.get()))
        throw std::logic_error(
            fmt::format("{}: row {}, column {} is outside the result", statement_, row, column));

    if (PQgetisnull(result_.get(), row, column)) {
        if constexpr (Optional<T>::value)
            return std::nullopt;
        throw std::logic_error(fmt::format("{}: column {} ({}) is null", statement_, column,
                                           PQfname(result_.get(), column)));
    }

    const std::string_view text(PQgetvalue(result_.get(), row, column),
                                static_cast<std::size_t>(PQgetlength(result_.get(), row, column)));
    auto value = read<typename Optional<T>::type>(text);
    if (!value)
        throw std::logic_error(
            fmt::format("{}: column {} ({}) cannot be read as the type asked for", statement_,
                        column, PQfname(result_.get(), column)));
    if constexpr (Optional<T>::value)
        return value;
    else
        return std::move(*value);
}

#define CRMSYNC_READABLE(...)                                                                      \
    template __VA_ARGS__ Result::get<__VA_ARGS__>(int, int) const;                                 \
    template std::optional<__VA_ARGS__> Result::get<std::optional<__VA_ARGS__>>(int, int) const;

CRMSYNC_READABLE(bool)
CRMSYNC_READABLE(int)
CRMSYNC_READABLE(std::int64_t)
CRMSYNC_READABLE(double)
CRMSYNC_READABLE(std::string)
CRMSYNC_READABLE(std::string_view)
CRMSYNC_READABLE(Uuid)
CRMSYNC_READABLE(Timestamp)
CRMSYNC_READABLE(Bytes)
CRMSYNC_READABLE(std::vector<std::string>)
CRMSYNC_READABLE(std::vector<Uuid>)
CRMSYNC_READABLE(std::vector<std::int64_t>)

#undef CRMSYNC_READABLE

} // namespace crmsync::pg
