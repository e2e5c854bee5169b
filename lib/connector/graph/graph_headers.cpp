#include "connector/graph/graph_headers.hpp"

#include "base/text.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

bool is_one_of(std::string_view word, std::span<const std::string_view> words)
{
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view other) { return same_word(word, other); });
}

std::string_view first_word(std::string_view value)
{
    value = trim(value);
    return value.substr(0, value.find_first_of("; \t("));
}

bool says_auto_submitted(std::string_view value)
{
    const std::string_view word = first_word(value);
    return !word.empty() && !same_word(word, "no"); // RFC 3834: only "no" means a person sent it
}

bool says_bulk(std::string_view value)
{
    constexpr std::array<std::string_view, 4> words{"bulk", "list", "junk", "auto_reply"};
    return is_one_of(first_word(value), words);
}

/// A sender that forbids answers of machines is one. Suppressed receipts alone (DR, RN, NRN) say
/// nothing: ticket systems set them on what people write.
bool says_no_automatic_answer(std::string_view value)
{
    constexpr std::array<std::string_view, 3> words{"all", "oof", "autoreply"};
    for (const std::string_view word : split(value, ','))
        if (is_one_of(trim(word), words))
            return true;
    return false;
}

/// Delivery reports, read receipts and the like.
bool says_report(std::string_view value)
{
    constexpr std::array<std::string_view, 3> types{"multipart/report", "message/delivery-status",
                                                    "message/disposition-notification"};
    return is_one_of(first_word(value), types);
}

bool says_no_return(std::string_view value) { return trim(value) == "<>"; }

/// Mail of ordinary class whose contents only its readers may see: Exchange's rights management
/// (content class rpmsg.message), OpenPGP (RFC 3156), S/MIME that is enveloped, not only signed.
bool says_protected(std::string_view name, std::string_view value)
{
    if (same_word(name, "Content-Class"))
        return same_word(first_word(value), "rpmsg.message");
    if (!same_word(name, "Content-Type"))
        return false;
    constexpr std::array<std::string_view, 2> smime{"application/pkcs7-mime",
                                                    "application/x-pkcs7-mime"};
    const bool enveloped = fold(value).find("signed-data") == std::string::npos;
    return same_word(first_word(value), "multipart/encrypted") ||
           (is_one_of(first_word(value), smime) && enveloped);
}

struct AutomaticHeader {
    std::string_view name;
    bool (*says)(std::string_view value);
};
constexpr std::array automatic_headers{
    AutomaticHeader{"Auto-Submitted", says_auto_submitted},
    AutomaticHeader{"Precedence", says_bulk},
    AutomaticHeader{"X-Auto-Response-Suppress", says_no_automatic_answer},
    AutomaticHeader{"Content-Type", says_report},
    AutomaticHeader{"Return-Path", says_no_return},
};

template <class Use>
void for_each_header(const json::value* headers, Use use)
{
    const json::array* list = headers ? headers->if_array() : nullptr;
    if (!list)
        return;
    for (const json::value& header : *list) {
        const auto name = text_at(header, "name");
        const json::value* value = member(header, "value");
        if (name && value && !value->is_null())
            use(*name, text_of(value).value_or("?")); // a word nobody knows
    }
}

} // namespace

AutomaticMail read_automatic(const json::value* headers)
{
    AutomaticMail found;
    for_each_header(headers, [&](std::string_view name, std::string_view value) {
        for (const AutomaticHeader& header : automatic_headers)
            if (!found.automatic && same_word(name, header.name) && header.says(value)) {
                found.automatic = true;
                found.header = header.name;
            }
        if (says_protected(name, value))
            found.is_protected = true;
        if (!same_word(name, "Keywords"))
            return;
        std::string words = clean_utf8(value);
        std::replace(words.begin(), words.end(), ';', ',');
        for (const std::string_view word : split(words, ','))
            if (!trim(word).empty())
                found.keywords.emplace_back(trim(word));
    });
    return found;
}

Sensitivity sensitivity_in(const json::value* headers)
{
    Sensitivity found = Sensitivity::normal;
    for_each_header(headers, [&](std::string_view name, std::string_view value) {
        if (!same_word(name, "Sensitivity"))
            return;
        const std::string_view word = first_word(value);
        if (same_word(word, "personal"))
            found = Sensitivity::personal;
        else if (same_word(word, "company-confidential") || same_word(word, "confidential"))
            found = Sensitivity::confidential;
        else if (!word.empty() && !same_word(word, "normal"))
            found = Sensitivity::private_;
    });
    return found;
}

} // namespace crmsync::graph
