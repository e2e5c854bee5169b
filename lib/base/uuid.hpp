#pragma once

#include "base/timestamp.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
    friend bool operator==(const Uuid&, const Uuid&) = default;
};

/// Version 7 (RFC 9562): ordered by `now` to the millisecond, random otherwise.
Uuid make_uuid(Timestamp now);
std::string to_string(const Uuid&);
std::optional<Uuid> parse_uuid(std::string_view text);

} // namespace crmsync
