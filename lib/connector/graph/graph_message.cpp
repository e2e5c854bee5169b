#include "connector/graph/graph_message.hpp"

#include "base/text.hpp"
#include "connector/graph/graph_headers.hpp"
#include "connector/graph/graph_json.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <charconv>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

constexpr unsigned tag_in_reply_to = 0x1042;
constexpr unsigned tag_references = 0x1039;
constexpr unsigned tag_sensitivity = 0x36;
constexpr unsigned tag_message_class = 0x1A;
constexpr unsigned tag_size = 0xE08;

/// The row being filled. A reader that meets an impossible value calls bad() with the property.
struct Row {
    Item& item;
    bool odd_sensitivity = false; ///< there is one, of a number nobody knows

    void bad(std::string_view property, std::string_view what)
    {
        if (item.unreadable.empty())
            item.unreadable = std::string(property).append(" ").append(what);
    }
};

using Reader = void (*)(Row&, std::string_view property, const json::value&);

void read_text(Row& row, std::string_view property, const json::value& value, Said<std::string>& to)
{
    if (value.is_null())
        to = Said<std::string>::empty();
    else if (const auto text = text_of(&value))
        to = clean_utf8(*text);
    else
        row.bad(property, "is no text");
}

void read_bool(Row& row, std::string_view property, const json::value& value, Said<bool>& to)
{
    if (value.is_null())
        to = Said<bool>::empty();
    else if (value.is_bool())
        to = value.get_bool();
    else if (const auto text = text_of(&value); text && same_word(*text, "true"))
        to = true; // seen in samples of the service's own documentation
    else if (text && same_word(*text, "false"))
        to = false;
    else
        row.bad(property, "is neither true nor false");
}

void read_time(Row& row, std::string_view property, const json::value& value, Said<Timestamp>& to)
{
    if (value.is_null())
        return void(to = Said<Timestamp>::empty());
    const auto text = text_of(&value);
    if (text && (text->empty() || text->starts_with("0001-01-01")))
        return void(to = Said<Timestamp>::empty()); // "none" (G-117)
    const std::optional<Timestamp> at = text ? parse_timestamp(*text) : std::nullopt;
    if (at)
        to = *at;
    else
        row.bad(property, "is no date");
}

void read_categories(Row& row, std::string_view property, const json::value& value)
{
    if (value.is_null())
        return void(row.item.categories = Said<std::vector<std::string>>::empty());
    const json::array* list = value.if_array();
    if (!list)
        return row.bad(property, "is no list");
    std::vector<std::string> names;
    names.reserve(list->size());
    for (const json::value& name : *list) {
        if (const auto text = text_of(&name))
            names.push_back(clean_utf8(*text));
        else if (!name.is_null())
            row.bad(property, "holds something that is no text");
    }
    row.item.categories = std::move(names);
}

/// {"emailAddress": {"name": …, "address": …}}; nothing for one that names nobody.
std::optional<Participant> read_recipient(Row& row, std::string_view property,
                                          const json::value& value, Role role)
{
    if (!value.is_null() && !value.is_object()) {
        row.bad(property, "holds something that is no recipient");
        return std::nullopt;
    }
    const json::value* mail = member(value, "emailAddress");
    if (!mail || mail->is_null())
        return std::nullopt;
    Participant participant{role, {}, {}};
    if (const auto address = text_at(*mail, "address"))
        participant.address = clean_utf8(*address);
    if (const auto name = text_at(*mail, "name"))
        participant.name = clean_utf8(*name);
    if (participant.address.empty() && participant.name.empty())
        return std::nullopt;
    return participant;
}

void read_one(Row& row, std::string_view property, const json::value& value, Role role,
              Said<Participants>& to)
{
    to = Said<Participants>::empty();
    if (auto participant = read_recipient(row, property, value, role))
        to = Participants{std::move(*participant)};
}

void read_list(Row& row, std::string_view property, const json::value& value, Role role,
               Said<Participants>& to)
{
    if (value.is_null())
        return void(to = Said<Participants>::empty());
    const json::array* list = value.if_array();
    if (!list)
        return row.bad(property, "is no list");
    Participants participants;
    participants.reserve(list->size());
    for (const json::value& entry : *list)
        if (auto participant = read_recipient(row, property, entry, role))
            participants.push_back(std::move(*participant));
    to = std::move(participants);
}

Said<Sensitivity> sensitivity_of(std::int64_t number)
{
    switch (number) {
    case 0:
        return Sensitivity::normal;
    case 1:
        return Sensitivity::personal;
    case 2:
        return Sensitivity::private_;
    case 3:
        return Sensitivity::confidential;
    default:
        return {}; // unknown: not said, which fails closed for rules
    }
}

void read_extended(Row& row, std::string_view property, const json::value& value)
{
    if (value.is_null())
        return;
    const json::array* list = value.if_array();
    if (!list)
        return row.bad(property, "is no list");
    for (const json::value& entry : *list) {
        const std::optional<unsigned> tag = property_tag(text_at(entry, "id").value_or(""));
        const json::value* content = member(entry, "value");
        if (!tag || !content || content->is_null())
            continue;
        const std::string_view text = text_of(content).value_or("");
        if (*tag == tag_in_reply_to) {
            std::vector<std::string> ids = split_message_ids(text);
            row.item.thread.in_reply_to = Said<std::string>::empty();
            if (!ids.empty())
                row.item.thread.in_reply_to = std::move(ids.front());
        } else if (*tag == tag_references) {
            row.item.thread.references = split_message_ids(text);
        } else if (*tag == tag_sensitivity) {
            row.item.sensitivity = sensitivity_of(number_of(content).value_or(-1));
            row.odd_sensitivity = !row.item.sensitivity.said();
        } else if (*tag == tag_message_class) {
            row.item.message().message_class = clean_utf8(text);
        } else if (*tag == tag_size) {
            if (const auto size = number_of(content))
                row.item.message().size = *size;
        }
    }
}

using Readers = boost::unordered_flat_map<std::string_view, Reader>;

/// One line a property: where it goes. What is not named here is not ours to read (G-332).
const Readers& readers()
{
    using V = const json::value&;
    using P = std::string_view;
    static const Readers table{
        {"changeKey",
         [](Row& r, P p, V v) {
             if (const auto text = text_of(&v); text && !text->empty())
                 r.item.version = Version(std::string(*text));
             else if (!v.is_null() && !text)
                 r.bad(p, "is no text");
         }},
        {"@odata.etag",
         [](Row& r, P, V v) {
             const std::string_view inner = version_in_etag(text_of(&v).value_or(""));
             if (!r.item.version.has_value() && !inner.empty())
                 r.item.version = Version(std::string(inner));
         }},
        {"parentFolderId",
         [](Row& r, P p, V v) {
             if (const auto text = text_of(&v); text && !text->empty())
                 r.item.folder = FolderId(std::string(*text));
             else if (!v.is_null())
                 r.bad(p, "is no id");
         }},
        {"conversationId",
         [](Row& r, P p, V v) { read_text(r, p, v, r.item.thread.conversation_id); }},
        {"conversationIndex",
         [](Row& r, P p, V v) { read_text(r, p, v, r.item.thread.conversation_index); }},
        {"subject", [](Row& r, P p, V v) { read_text(r, p, v, r.item.subject); }},
        {"from", [](Row& r, P p, V v) { read_one(r, p, v, Role::from, r.item.participants.from); }},
        {"sender",
         [](Row& r, P p, V v) { read_one(r, p, v, Role::sender, r.item.participants.sender); }},
        {"replyTo", [](Row& r, P p,
                       V v) { read_list(r, p, v, Role::reply_to, r.item.participants.reply_to); }},
        {"toRecipients",
         [](Row& r, P p, V v) { read_list(r, p, v, Role::to, r.item.participants.to); }},
        {"ccRecipients",
         [](Row& r, P p, V v) { read_list(r, p, v, Role::cc, r.item.participants.cc); }},
        {"bccRecipients",
         [](Row& r, P p, V v) { read_list(r, p, v, Role::bcc, r.item.participants.bcc); }},
        {"internetMessageId",
         [](Row& r, P p, V v) {
             Said<std::string>& id = r.item.thread.message_id;
             read_text(r, p, v, id);
             if (id.has_value())
                 *id = normal_message_id(*id);
             if (id.has_value() && id->empty()) // all such messages would be one
                 id = Said<std::string>::empty();
         }},
        {"sentDateTime", [](Row& r, P p, V v) { read_time(r, p, v, r.item.message().sent_at); }},
        {"receivedDateTime",
         [](Row& r, P p, V v) { read_time(r, p, v, r.item.message().received_at); }},
        {"createdDateTime", [](Row& r, P p, V v) { read_time(r, p, v, r.item.created_at); }},
        {"lastModifiedDateTime", [](Row& r, P p, V v) { read_time(r, p, v, r.item.modified_at); }},
        {"categories", read_categories},
        {"isDraft", [](Row& r, P p, V v) { read_bool(r, p, v, r.item.message().draft); }},
        {"hasAttachments",
         [](Row& r, P p, V v) { read_bool(r, p, v, r.item.message().has_attachments); }},
        {"singleValueExtendedProperties", read_extended},
    };
    return table;
}

} // namespace

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
    Row row{*item};
    for (const auto& entry : *object) {
        const std::string_view property(entry.key().data(), entry.key().size());
        if (const auto reader = readers().find(property); reader != readers().end())
            reader->second(row, property, entry.value());
    }

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
            item->sensitivity =
                row.odd_sensitivity ? Sensitivity::private_ : sensitivity_in(headers);
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
