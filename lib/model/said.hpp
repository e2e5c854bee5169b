#pragma once

#include <optional>
#include <utility>

namespace crmsync {

/// A property of a delta row: not said, said to be empty, or said with a value. Absent never
/// means empty (G-64).
template <class T>
class Said {
public:
    Said() = default;
    Said(T value) : said_(true), value_(std::move(value)) {}

    /// The provider said null.
    static Said empty()
    {
        Said s;
        s.said_ = true;
        return s;
    }

    bool said() const { return said_; }
    bool has_value() const { return value_.has_value(); }
    const T& operator*() const { return *value_; }
    const T* operator->() const { return &*value_; }
    T& operator*() { return *value_; }
    T value_or(T other) const { return value_ ? *value_ : std::move(other); }

    /// What is said here, else what was known before.
    Said or_known(const Said& known) const { return said_ ? *this : known; }

    friend bool operator==(const Said&, const Said&) = default;

private:
    bool said_ = false;
    std::optional<T> value_;
};

} // namespace crmsync
