#include "net/token_answer.hpp"

#include "base/text.hpp"
#include "net/http_status.hpp"
#include "net/oauth_token.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace crmsync::net {
namespace {

namespace json = boost::json;

/// An answer without expires_in is good for this long.
constexpr std::chrono::seconds assumed_lifetime{600};

json::object parse_object(std::string_view body)
{
    json::error_code error;
    json::value value = json::parse(json::string_view(body.data(), body.size()), error);
    if (error || !value.is_object())
        return {};
    return std::move(value.as_object());
}

std::string text_at(const json::object& object, std::string_view name)
{
    const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// A number, or its digits as text: the older endpoint sends "3599".
std::optional<std::int64_t> number_of(const json::value& value)
{
    if (value.is_string()) {
        std::int64_t number = 0;
        const json::string& text = value.get_string();
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc{} && end == text.data() + text.size())
            return number;
        return std::nullopt;
    }
    json::error_code error;
    const auto number = value.to_number<std::int64_t>(error);
    return error ? std::nullopt : std::optional(number);
}

/// The AADSTS number from error_codes, else from the start of the description; 0 for none (G-5).
int aadsts_number(const json::object& object)
{
    if (const json::value* codes = object.if_contains("error_codes");
        codes && codes->is_array() && !codes->get_array().empty())
        if (const auto number = number_of(codes->get_array().front()))
            return static_cast<int>(*number);

    constexpr std::string_view mark = "AADSTS";
    const std::string description = text_at(object, "error_description");
    const std::size_t at = description.find(mark);
    if (at == std::string::npos)
        return 0;
    int number = 0;
    const char* digits = description.data() + at + mark.size();
    std::from_chars(digits, description.data() + description.size(), number);
    return number;
}

/// The provider's own words, without the ids that follow them and on one line.
std::string first_words(const std::string& description)
{
    std::string_view text = description;
    text = text.substr(0, text.find(" Trace ID:"));
    text = text.substr(0, text.find_first_of("\r\n"));
    return clean_utf8(cut_utf8(text, 300));
}

std::string explanation(const json::object& object, const Response& response, int number)
{
    if (number != 0 && !explain_aadsts(number).empty())
        return fmt::format("AADSTS{}: {}", number, explain_aadsts(number));
    std::string words = first_words(text_at(object, "error_description"));
    if (!words.empty())
        return words;
    const std::string code = text_at(object, "error");
    if (!code.empty())
        return fmt::format("{} ({})", response.status, clean_utf8(cut_utf8(code, 60)));
    return fmt::format("status {} without an explanation", response.status);
}

bool passing(int status, int number, std::string_view error)
{
    return status >= 500 || status == 429 || status == 408 || number == 90033 || number == 90006 ||
           error == "temporarily_unavailable";
}

} // namespace

FreshToken read_token_answer(const Response& response, std::string_view host,
                             std::string_view client_id, Timestamp now)
{
    const json::object object = parse_object(response.body);
    if (response.status == 200) {
        FreshToken fresh{text_at(object, "access_token"), assumed_lifetime};
        // It becomes a header: a line break in it would begin another one.
        const bool usable = std::all_of(fresh.token.begin(), fresh.token.end(),
                                        [](char c) { return c > ' ' && c <= '~'; });
        if (fresh.token.empty() || !usable)
            throw Failure(Reaction::retry, "token.transient",
                          fmt::format("{} answered 200 without a usable token", host));
        if (const json::value* span = object.if_contains("expires_in"))
            if (const auto seconds = number_of(*span))
                fresh.lifetime = std::chrono::seconds(
                    std::clamp<std::int64_t>(*seconds, 0, std::int64_t{7} * 24 * 3600));
        return fresh;
    }

    const int number = aadsts_number(object);
    const std::string why = explanation(object, response, number);
    if (passing(response.status, number, text_at(object, "error")))
        throw Failure(Reaction::retry, "token.transient",
                      fmt::format("{} gives no token now: {}", host, why),
                      retry_after(response.headers, now));
    // No AADSTS number: this may be a proxy or another service altogether.
    throw Failure(Reaction::reauthorise, "token.refused",
                  fmt::format("{} refuses application {}: {}{}", host, client_id, why,
                              number == 0 ? "; check tenant_id and cloud (or authority_url)" : ""));
}

} // namespace crmsync::net
