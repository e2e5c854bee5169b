#pragma once

#include "base/digest.hpp"
#include "base/timestamp.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::pg {

/// Bytes for a bytea column.
struct Bytes {
    std::string value;
};
inline Bytes to_bytes(const Sha256& digest) { return {std::string(bytes_of(digest))}; }

/// Text of a jsonb column.
struct Json {
    std::string value;
};

/// Typed parameters of one statement, kept in PostgreSQL's binary format: nothing is escaped, the
/// server parses nothing, and whole columns go as arrays for unnest().
class Params {
public:
    Params& add(std::string_view text);
    Params& add(const char* text) { return add(std::string_view(text)); }
    Params& add(const std::string& text) { return add(std::string_view(text)); }
    Params& add(std::int64_t value); ///< int8
    Params& add(int value) { return add(static_cast<std::int64_t>(value)); }
    Params& add(bool value);
    Params& add(const Uuid& value);
    Params& add(Timestamp value); ///< timestamptz
    Params& add(const Bytes& value);
    Params& add(const Json& value); ///< jsonb

    template <class T>
    Params& add(const std::optional<T>& value)
    {
        if (value)
            return add(*value);
        return add_null(T{});
    }

    /// One-dimensional arrays: text[], int8[], bool[], uuid[], timestamptz[], bytea[], jsonb[], and
    /// the same with nulls.
    template <class T>
    Params& add(const std::vector<T>& values);

    std::size_t size() const { return values_.size(); }
    const std::vector<unsigned>& types() const { return types_; } ///< OIDs
    /// Pointers and lengths as libpq takes them, valid while this object is unchanged.
    std::vector<const char*> pointers() const;
    std::vector<int> lengths() const;

private:
    template <class T>
    Params& add_null(const T&);
    std::vector<std::optional<std::string>> values_;
    std::vector<unsigned> types_;
};

} // namespace crmsync::pg
