#include "net/http_status.hpp"

#include "base/text.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace crmsync::net {
namespace {

struct Row {
    int status;
    Reaction reaction;
    std::string_view meaning;
};

constexpr Row table[] = {
    {400, Reaction::set_aside, "the request was not understood"},
    {401, Reaction::reauthorise, "the token was not accepted"},
    {403, Reaction::stop, "the application may not do this"},
    {404, Reaction::set_aside, "there is no such object"},
    {408, Reaction::retry, "the server got tired of waiting for the request"},
    {409, Reaction::set_aside, "the request contradicts what is there"},
    {410, Reaction::set_aside, "the object or the cursor is gone for good"},
    {412, Reaction::set_aside, "the object has changed in the meantime"},
    {413, Reaction::set_aside, "the request is too large"},
    {423, Reaction::retry, "the object is locked"},
    {425, Reaction::retry, "the server wants the request later"},
    {429, Reaction::wait, "too many requests"},
    {503, Reaction::wait, "the service is busy or down"},
    {507, Reaction::stop, "the mailbox is over its quota"},
    {509, Reaction::wait, "too many bytes"},
};

Row row_for(int status)
{
    for (const Row& row : table)
        if (row.status == status)
            return row;
    if (status >= 500)
        return {status, Reaction::retry, "the server failed"};
    if (status >= 400)
        return {status, Reaction::set_aside, "the request was refused"};
    return {status, Reaction::stop,
            "the server sent us elsewhere, and redirects are not followed: check the URL"};
}

std::optional<double> parse_seconds(std::string_view text)
{
    double seconds = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(seconds))
        return std::nullopt;
    return seconds;
}

} // namespace

std::optional<Timestamp> parse_http_date(std::string_view text)
{
    // curl_getdate also takes forms that no server sends, such as a bare time of day.
    if (text.find("GMT") == std::string_view::npos && text.size() != 24)
        return std::nullopt;
    const std::time_t at = curl_getdate(std::string(text).c_str(), nullptr);
    if (at < 0)
        return std::nullopt;
    return Timestamp{std::chrono::seconds{at}};
}

std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, Timestamp now)
{
    const std::string_view text = trim(find(headers, "Retry-After"));
    if (text.empty())
        return std::nullopt;

    constexpr double longest = 24 * 3600;
    if (const auto seconds = parse_seconds(text)) {
        const double bounded = std::clamp(*seconds, 0.0, longest);
        // The small amount taken off keeps 2.128 from becoming 2129 ms.
        return std::chrono::milliseconds(
            static_cast<std::int64_t>(std::ceil(bounded * 1000 - 1e-6)));
    }
    const auto at = parse_http_date(text);
    if (!at)
        return std::nullopt;
    // Measured from the server's own time, so that clocks need not agree.
    const auto sent = parse_http_date(trim(find(headers, "Date")));
    const auto span = *at - sent.value_or(now);
    return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(span),
                      std::chrono::milliseconds{0},
                      std::chrono::milliseconds{static_cast<std::int64_t>(longest) * 1000});
}

std::optional<StatusAdvice> advice_for(const Response& response, Timestamp now)
{
    if (response.status >= 200 && response.status < 300)
        return std::nullopt;
    const Row row = row_for(response.status);
    StatusAdvice advice{row.reaction, row.meaning, retry_after(response.headers, now)};
    if (advice.reaction == Reaction::retry && advice.after)
        advice.reaction = Reaction::wait;
    return advice;
}

} // namespace crmsync::net
