#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync {

/// A moment in UTC, in microseconds: what PostgreSQL's timestamptz holds.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 3339 with "Z" or an offset and 0 to 9 fraction digits (digits past the sixth are dropped).
/// Nothing when the text is no such moment. Years 1 to 9999.
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// "2026-03-02T09:15:00Z", with six fraction digits only where there is a fraction.
std::string format_timestamp(Timestamp at);

/// "60s", "15m", "2h", "30d": a whole number and a unit. Nothing when the text is no such span.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

} // namespace crmsync
