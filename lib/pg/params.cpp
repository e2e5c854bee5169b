#include "pg/params.hpp"

#include "base/failure.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>
#include <utility>

namespace crmsync::pg {
namespace {

/// Numbers of PostgreSQL's built-in types; fixed since they are part of its catalogue's source.
template <class T>
struct Oid;
template <>
struct Oid<std::string> {
    static constexpr unsigned scalar = 25, array = 1009;
};
template <>
struct Oid<std::string_view> : Oid<std::string> {};
template <>
struct Oid<std::int64_t> {
    static constexpr unsigned scalar = 20, array = 1016;
};
template <>
struct Oid<int> : Oid<std::int64_t> {};
template <>
struct Oid<bool> {
    static constexpr unsigned scalar = 16, array = 1000;
};
template <>
struct Oid<Uuid> {
    static constexpr unsigned scalar = 2950, array = 2951;
};
template <>
struct Oid<Timestamp> {
    static constexpr unsigned scalar = 1184, array = 1185;
};
template <>
struct Oid<Bytes> {
    static constexpr unsigned scalar = 17, array = 1001;
};
template <>
struct Oid<Json> {
    static constexpr unsigned scalar = 3802, array = 3807;
};
template <class T>
struct Oid<std::optional<T>> : Oid<T> {};

/// Network byte order.
template <class Integer>
std::array<char, sizeof(Integer)> network_order(Integer value)
{
    const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
    std::array<char, sizeof(Integer)> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(bits >> (8 * (bytes.size() - 1 - i)));
    return bytes;
}

template <class Integer>
void append(std::string& out, Integer value)
{
    const auto bytes = network_order(value);
    out.append(bytes.data(), bytes.size());
}

void encode(std::string& out, std::string_view value) { out.append(value); }
void encode(std::string& out, const std::string& value) { out.append(value); }
void encode(std::string& out, std::int64_t value) { append(out, value); }
void encode(std::string& out, int value) { append(out, static_cast<std::int64_t>(value)); }
void encode(std::string& out, bool value) { out.push_back(value ? 1 : 0); }
void encode(std::string& out, const Bytes& value) { out.append(value.value); }

void encode(std::string& out, const Uuid& value)
{
    out.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
}

void encode(std::string& out, Timestamp value)
{
    using namespace std::chrono;
    constexpr sys_days epoch{year{2000} / January / 1};
    append(out, static_cast<std::int64_t>((value - epoch).count()));
}

void encode(std::string& out, const Json& value)
{
    out.push_back(1); // version of jsonb's wire format
    out.append(value.value);
}

template <class T>
void encode_element(std::string& out, const T& value)
{
    const std::size_t at = out.size();
    append(out, std::int32_t{0});
    encode(out, value);
    const auto length = network_order(static_cast<std::int32_t>(out.size() - at - 4));
    std::ranges::copy(length, out.begin() + static_cast<std::ptrdiff_t>(at));
}

template <class T>
void encode_element(std::string& out, const std::optional<T>& value)
{
    if (value)
        encode_element(out, *value);
    else
        append(out, std::int32_t{-1});
}

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

/// Of one value as it is sent, at most.
template <class T>
std::size_t size_of(const T& value)
{
    if constexpr (is_optional<T>)
        return value ? size_of(*value) : 0;
    else if constexpr (std::is_convertible_v<const T&, std::string_view>)
        return std::string_view(value).size();
    else if constexpr (std::is_same_v<T, Bytes> || std::is_same_v<T, Json>)
        return value.value.size() + 1;
    else
        return std::max(sizeof value, sizeof(std::int64_t));
}

/// Known before: a column of bodies is large, and would be copied each time it grows.
template <class T>
std::size_t size_of_array(const std::vector<T>& values)
{
    std::size_t size = 20;
    for (const T& value : values)
        size += 4 + size_of(value);
    return size;
}

template <class T>
std::string encode_array(const std::vector<T>& values)
{
    std::string out;
    out.reserve(size_of_array(values));
    append(out, std::int32_t{values.empty() ? 0 : 1}); // dimensions
    append(out, std::int32_t{is_optional<T> ? 1 : 0}); // may hold nulls
    append(out, static_cast<std::int32_t>(Oid<T>::scalar));
    if (values.empty())
        return out;
    append(out, static_cast<std::int32_t>(values.size()));
    append(out, std::int32_t{1}); // first index
    for (const auto& value : values)
        encode_element(out, value);
    return out;
}

template <class T>
std::string encoded(const T& value)
{
    std::string out;
    encode(out, value);
    return out;
}

} // namespace

Params& Params::add(std::string_view text)
{
    values_.emplace_back(text);
    types_.push_back(Oid<std::string>::scalar);
    return *this;
}

Params& Params::add(std::int64_t value)
{
    values_.emplace_back(encoded(value));
    types_.push_back(Oid<std::int64_t>::scalar);
    return *this;
}

Params& Params::add(bool value)
{
    values_.emplace_back(encoded(value));
    types_.push_back(Oid<bool>::scalar);
    return *this;
}

Params& Params::add(const Uuid& value)
{
    values_.emplace_back(encoded(value));
    types_.push_back(Oid<Uuid>::scalar);
    return *this;
}

Params& Params::add(Timestamp value)
{
    values_.emplace_back(encoded(value));
    types_.push_back(Oid<Timestamp>::scalar);
    return *this;
}

Params& Params::add(const Bytes& value)
{
    values_.emplace_back(value.value);
    types_.push_back(Oid<Bytes>::scalar);
    return *this;
}

Params& Params::add(const Json& value)
{
    values_.emplace_back(encoded(value));
    types_.push_back(Oid<Json>::scalar);
    return *this;
}

template <class T>
Params& Params::add_null(const T&)
{
    values_.emplace_back(std::nullopt);
    types_.push_back(Oid<T>::scalar);
    return *this;
}

template <class T>
Params& Params::add(const std::vector<T>& values)
{
    values_.push_back(encode_array(values));
    types_.push_back(Oid<T>::array);
    return *this;
}

std::vector<const char*> Params::pointers() const
{
    std::vector<const char*> pointers;
    pointers.reserve(values_.size());
    for (const auto& value : values_)
        pointers.push_back(value ? value->data() : nullptr);
    return pointers;
}

std::vector<int> Params::lengths() const
{
    std::vector<int> lengths;
    lengths.reserve(values_.size());
    for (const auto& value : values_) {
        // Past one gigabyte the server refuses the whole message and closes the connection.
        if (value && value->size() > 1'000'000'000)
            throw Failure(Reaction::set_aside, "pg.bad_value", "a parameter is larger than 1 GB");
        lengths.push_back(value ? static_cast<int>(value->size()) : 0);
    }
    return lengths;
}

template Params& Params::add_null(const std::string&);
template Params& Params::add_null(const std::string_view&);
template Params& Params::add_null(const std::int64_t&);
template Params& Params::add_null(const int&);
template Params& Params::add_null(const bool&);
template Params& Params::add_null(const Uuid&);
template Params& Params::add_null(const Timestamp&);
template Params& Params::add_null(const Bytes&);
template Params& Params::add_null(const Json&);

template Params& Params::add(const std::vector<std::string>&);
template Params& Params::add(const std::vector<std::string_view>&);
template Params& Params::add(const std::vector<std::int64_t>&);
template Params& Params::add(const std::vector<int>&);
template Params& Params::add(const std::vector<bool>&);
template Params& Params::add(const std::vector<Uuid>&);
template Params& Params::add(const std::vector<Timestamp>&);
template Params& Params::add(const std::vector<Bytes>&);
template Params& Params::add(const std::vector<Json>&);
template Params& Params::add(const std::vector<std::optional<std::string>>&);
template Params& Params::add(const std::vector<std::optional<std::int64_t>>&);
template Params& Params::add(const std::vector<std::optional<int>>&);
template Params& Params::add(const std::vector<std::optional<bool>>&);
template Params& Params::add(const std::vector<std::optional<Uuid>>&);
template Params& Params::add(const std::vector<std::optional<Timestamp>>&);
template Params& Params::add(const std::vector<std::optional<Bytes>>&);
template Params& Params::add(const std::vector<std::optional<Json>>&);

} // namespace crmsync::pg
