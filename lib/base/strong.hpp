#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace crmsync {

/// A value that only compares and assigns with its own kind. Tag tells the kinds apart.
template <class T, class Tag>
struct Strong {
    T value{};

    Strong() = default;
    explicit Strong(T v) : value(std::move(v)) {}

    friend auto operator<=>(const Strong&, const Strong&) = default;
    friend bool operator==(const Strong&, const Strong&) = default;
};

} // namespace crmsync

template <class T, class Tag>
struct std::hash<crmsync::Strong<T, Tag>> {
    std::size_t operator()(const crmsync::Strong<T, Tag>& v) const
    {
        return std::hash<T>{}(v.value);
    }
};
