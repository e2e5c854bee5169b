#include "connector/graph/graph_message.hpp"

#include "base/text.hpp"
#include "connector/graph/graph_headers.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_properties.hpp"

#include <charconv>

namespace crmsync::graph {

namespace json = boost::json;

std::optional<Item> read_message(const json::value& value, MailboxId mailbox,
                                 Completeness completeness)
{
    const json::object* object = value.if_object();
    const std::string_view id = text_at(value, "id").value_or("");
    if (!object || id.empty())
        return std::nullopt;

    std::optional<Item> item(std::in_place);
    item->key = ItemKey{mailbox, std::string(id)};
    item->detail = Message{};
    const bool odd_sensitivity = read_properties(*object, *item);

    if (completeness != Completeness::partial) {
        ThreadHeaders& thread = item->thread;
        if (!thread.in_reply_to.said())
            thread.in_reply_to = Said<std::string>::empty();
        if (!thread.references.said())
            thread.references = Said<std::vector<std::string>>::empty();
    }
    if (completeness == Completeness::headers) {
        const json::value* headers = member(value, "internetMessageHeaders");
        item->message().automatic = read_automatic(headers);
        if (!item->sensitivity.said())
            item->sensitivity = odd_sensitivity ? Sensitivity::private_ : sensitivity_in(headers);
    }
    return item;
}

std::string normal_message_id(std::string_view text)
{
    text = trim(text);
    if (text.starts_with('<'))
        text.remove_prefix(1);
    if (text.ends_with('>'))
        text.remove_suffix(1);
    std::string id(trim(text));
    if (const std::size_t at = id.rfind('@'); at != std::string::npos)
        id.replace(at, std::string::npos, lower_ascii(std::string_view(id).substr(at)));
    return id;
}

std::vector<std::string> split_message_ids(std::string_view text)
{
    const std::string clean = clean_utf8(text);
    std::string_view rest = clean;
    std::vector<std::string> ids;
    const auto add = [&](std::string_view token) {
        if (std::string id = normal_message_id(token); !id.empty())
            ids.push_back(std::move(id));
    };
    while (!rest.empty()) {
        const std::size_t open = rest.find('<');
        // What stands outside brackets is a phrase, or an id of a program that knows no brackets.
        std::string_view outside = rest.substr(0, open);
        while (!(outside = trim(outside)).empty()) {
            const std::size_t blank = outside.find_first_of(" \t\r\n,");
            const std::string_view word = outside.substr(0, blank);
            if (word.find('@') != std::string_view::npos)
                add(word);
            outside = blank == std::string_view::npos ? "" : outside.substr(blank + 1);
        }
        if (open == std::string_view::npos)
            break;
        const std::size_t close = rest.find('>', open);
        add(rest.substr(open + 1, close == std::string_view::npos ? close : close - open - 1));
        rest = close == std::string_view::npos ? "" : rest.substr(close + 1);
    }
    return ids;
}

std::string_view version_in_etag(std::string_view etag)
{
    etag = trim(etag);
    if (etag.starts_with("W/"))
        etag.remove_prefix(2);
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    return etag;
}

std::optional<unsigned> property_tag(std::string_view id)
{
    const std::size_t blank = id.find(' ');
    if (blank == std::string_view::npos)
        return std::nullopt;
    std::string_view number = trim(id.substr(blank));
    if (!number.starts_with("0x") && !number.starts_with("0X"))
        return std::nullopt;
    number.remove_prefix(2);
    unsigned tag = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), tag, 16);
    if (error != std::errc{} || end != number.data() + number.size())
        return std::nullopt;
    // Some answers give the whole tag, type included: 0x1042001F.
    return tag > 0xFFFF ? tag >> 16 : tag;
}

} // namespace crmsync::graph
