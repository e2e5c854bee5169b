#pragma once

#include "base/failure.hpp"
#include "base/timestamp.hpp"
#include "net/http.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace crmsync::net {

/// What a status means as long as nothing better is known. A provider's own error code, where the
/// answer has one, outranks it.
struct StatusAdvice {
    Reaction reaction;
    std::string_view meaning;
    std::optional<std::chrono::milliseconds> after; ///< what Retry-After asks for
};

/// Nothing for 2xx. `now` only serves a Retry-After that is a date in an answer without a Date.
std::optional<StatusAdvice> advice_for(const Response& response, Timestamp now);

/// Seconds, also with a fraction ("2.128"), or an HTTP date (G-253); rounded up to milliseconds,
/// never negative, never more than a day. Nothing where the header is missing or makes no sense.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, Timestamp now);

/// The forms of RFC 9110 section 5.6.7.
std::optional<Timestamp> parse_http_date(std::string_view text);

} // namespace crmsync::net
