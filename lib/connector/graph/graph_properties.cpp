#include "connector/graph/graph_properties.hpp"

#include "base/text.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

/// What a value that its property cannot have does.
enum class Odd {
    sets_aside, ///< the item: nothing may be guessed in its place
    unsaid,     ///< nothing: the item can be decided without
};

struct Property;

/// The row being filled, and what is being read of it. A reader that meets an impossible value
/// calls bad() and leaves its place in the item as it is.
struct Row {
    Item& item;
    bool odd_sensitivity = false; ///< there is one, of a number nobody knows

    std::string_view name{};
    Odd odd = Odd::sets_aside;
    bool met_odd = false;

    void read(std::string_view property_name, const Property& property, const json::value& value);
    void bad(std::string_view what)
    {
        met_odd = true;
        if (odd == Odd::sets_aside && item.unreadable.empty())
            item.unreadable = std::string(name).append(" ").append(what);
    }
};

struct Property {
    void (*read)(Row&, const json::value&);
    Odd odd;
};

void Row::read(std::string_view property_name, const Property& property, const json::value& value)
{
    name = property_name;
    odd = property.odd;
    met_odd = false;
    property.read(*this, value);
}

// -- how values are written --------------------------------------------------------------------

void read_text(Row& row, const json::value& value, Said<std::string>& to)
{
    if (value.is_null())
        to = Said<std::string>::empty();
    else if (const auto text = text_of(&value))
        to = clean_utf8(*text);
    else
        row.bad("is no text");
}

std::optional<bool> flag_of(const json::value& value)
{
    if (value.is_bool())
        return value.get_bool();
    const auto text = text_of(&value); // seen in samples of the service's own documentation
    if (text && same_word(*text, "true"))
        return true;
    if (text && same_word(*text, "false"))
        return false;
    return std::nullopt;
}

void read_flag(Row& row, const json::value& value, Said<bool>& to)
{
    if (const auto flag = flag_of(value))
        to = *flag;
    else
        row.bad("is neither true nor false"); // null is no answer to yes or no
}

/// No mail is of such a time. Programs write "none" as the first or last year they know: 0001
/// (G-117), 1601, 4501, 9999.
bool stands_for_none(Timestamp at)
{
    using namespace std::chrono;
    return at < sys_days(1970y / January / 1) || at >= sys_days(2200y / January / 1);
}

/// All dates of messages are UTC by Graph's documentation: one without a zone is, too.
std::optional<Timestamp> time_of(std::string_view text)
{
    std::optional<Timestamp> at = parse_timestamp(text);
    if (!at)
        at = parse_timestamp(std::string(text) + "Z");
    if (at && stands_for_none(*at))
        return std::nullopt;
    return at;
}

/// What is no date says that there is none: the next best stands for it (Item::happened_at), and a
/// message whose clock was wrong can be tracked like any other.
void read_time(Row&, const json::value& value, Said<Timestamp>& to)
{
    const auto text = text_of(&value);
    const std::optional<Timestamp> at = text ? time_of(*text) : std::nullopt;
    to = Said<Timestamp>::empty();
    if (at)
        to = *at;
}

/// {"emailAddress": {"name": …, "address": …}}; nothing for one that names nobody.
std::optional<Participant> read_recipient(Row& row, const json::value& value, Role role)
{
    const json::value* mail = member(value, "emailAddress");
    const json::value* address = mail ? member(*mail, "address") : nullptr;
    const auto odd = [](const json::value* part, bool may_be) {
        return part && !part->is_null() && !may_be;
    };
    if (odd(&value, value.is_object()) || odd(mail, mail && mail->is_object()) ||
        odd(address, address && address->is_string())) {
        row.bad("holds something that is no recipient");
        return std::nullopt;
    }
    if (!mail || mail->is_null())
        return std::nullopt;
    Participant participant{role, clean_utf8(text_of(address).value_or("")),
                            clean_utf8(text_at(*mail, "name").value_or(""))};
    if (participant.address.empty() && participant.name.empty())
        return std::nullopt;
    return participant;
}

void read_one(Row& row, const json::value& value, Role role, Said<Participants>& to)
{
    std::optional<Participant> participant = read_recipient(row, value, role);
    if (row.met_odd)
        return;
    to = Said<Participants>::empty();
    if (participant)
        to = Participants{std::move(*participant)};
}

void read_list(Row& row, const json::value& value, Role role, Said<Participants>& to)
{
    if (value.is_null())
        return void(to = Said<Participants>::empty());
    const json::array* list = value.if_array();
    if (!list)
        return row.bad("is no list");
    Participants participants;
    participants.reserve(list->size());
    for (const json::value& entry : *list)
        if (auto participant = read_recipient(row, entry, role))
            participants.push_back(std::move(*participant));
    if (!row.met_odd)
        to = std::move(participants);
}

// -- properties that are written in their own way ----------------------------------------------

void read_change_key(Row& row, const json::value& value)
{
    const auto text = text_of(&value);
    if (text && !text->empty())
        row.item.version = Version(std::string(*text));
    else if (!value.is_null() && !text)
        row.bad("is no text");
}

void read_etag(Row& row, const json::value& value)
{
    const std::string_view inner = version_in_etag(text_of(&value).value_or(""));
    if (!row.item.version.has_value() && !inner.empty())
        row.item.version = Version(std::string(inner));
}

void read_parent_folder(Row& row, const json::value& value)
{
    const auto text = text_of(&value);
    if (text && !text->empty())
        row.item.folder = FolderId(std::string(*text));
    else if (!value.is_null())
        row.bad("is no id");
}

void read_message_id(Row& row, const json::value& value)
{
    Said<std::string>& id = row.item.thread.message_id;
    read_text(row, value, id);
    if (id.has_value())
        *id = normal_message_id(*id);
    if (id.has_value() && id->empty()) // all such messages would be one
        id = Said<std::string>::empty();
}

void read_categories(Row& row, const json::value& value)
{
    if (value.is_null())
        return void(row.item.categories = Said<std::vector<std::string>>::empty());
    const json::array* list = value.if_array();
    if (!list)
        return row.bad("is no list");
    std::vector<std::string> as_read;
    std::vector<std::string> names;
    names.reserve(list->size());
    for (const json::value& name : *list) {
        if (const auto text = text_of(&name)) {
            as_read.emplace_back(*text);
            names.push_back(clean_utf8(*text));
        } else if (!name.is_null()) {
            row.bad("holds something that is no text");
        }
    }
    if (row.met_odd)
        return;
    if (as_read != names)
        row.item.uncleaned_categories = std::move(as_read);
    row.item.categories = std::move(names);
}

/// What they say is for a header look (graph_headers).
void check_headers(Row& row, const json::value& value)
{
    if (!value.is_null() && !value.is_array())
        row.bad("is no list");
}

// -- extended properties -----------------------------------------------------------------------

void read_in_reply_to(Row& row, const json::value& value)
{
    const auto text = text_of(&value);
    if (!text)
        return row.bad("is no text");
    std::vector<std::string> ids = split_message_ids(*text);
    row.item.thread.in_reply_to = Said<std::string>::empty();
    if (!ids.empty())
        row.item.thread.in_reply_to = std::move(ids.front());
}

void read_references(Row& row, const json::value& value)
{
    if (const auto text = text_of(&value))
        row.item.thread.references = split_message_ids(*text);
    else
        row.bad("is no text");
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

void read_sensitivity(Row& row, const json::value& value)
{
    const std::optional<std::int64_t> number = number_of(&value);
    if (!number)
        return row.bad("is no number");
    row.item.sensitivity = sensitivity_of(*number);
    row.odd_sensitivity = !row.item.sensitivity.said();
}

void read_message_class(Row& row, const json::value& value)
{
    if (const auto text = text_of(&value))
        row.item.message().message_class = clean_utf8(*text);
    else
        row.bad("is no text");
}

void read_size(Row& row, const json::value& value)
{
    if (const auto size = number_of(&value))
        row.item.message().size = *size;
    else
        row.bad("is no number");
}

struct ExtendedProperty {
    unsigned tag;
    std::string_view name;
    Property property;
};

// -- the tables: where each goes, and what an impossible value of it does ----------------------

constexpr ExtendedProperty extended_properties[] = {
    {0x1A, "message class", {read_message_class, Odd::sets_aside}},
    {0x36, "sensitivity", {read_sensitivity, Odd::sets_aside}},
    {0xE08, "size", {read_size, Odd::unsaid}},
    {0x1039, "References", {read_references, Odd::unsaid}},
    {0x1042, "In-Reply-To", {read_in_reply_to, Odd::unsaid}},
};

void read_extended(Row& row, const json::value& value)
{
    if (value.is_null())
        return;
    const json::array* list = value.if_array();
    if (!list)
        return row.bad("is no list");
    for (const json::value& entry : *list) {
        const std::optional<unsigned> tag = property_tag(text_at(entry, "id").value_or(""));
        const json::value* content = member(entry, "value");
        if (!tag || !content || content->is_null())
            continue;
        for (const ExtendedProperty& known : extended_properties)
            if (known.tag == *tag)
                row.read(known.name, known.property, *content);
    }
}

using Properties = boost::unordered_flat_map<std::string_view, Property>;

const Properties& properties()
{
    using V = const json::value&;
    using enum Odd;
    static const Properties table{
        // Which state of it this is, and where.
        {"changeKey", {read_change_key, sets_aside}},
        {"@odata.etag", {read_etag, unsaid}},
        {"parentFolderId", {read_parent_folder, sets_aside}},
        // Whether it may be read, and by which wish.
        {"categories", {read_categories, sets_aside}},
        {"isDraft", {[](Row& r, V v) { read_flag(r, v, r.item.message().draft); }, sets_aside}},
        {"singleValueExtendedProperties", {read_extended, sets_aside}},
        {"internetMessageHeaders", {check_headers, sets_aside}},
        // Whose it is: the gate looks at all that take part.
        {"from",
         {[](Row& r, V v) { read_one(r, v, Role::from, r.item.participants.from); }, sets_aside}},
        {"sender",
         {[](Row& r, V v) { read_one(r, v, Role::sender, r.item.participants.sender); },
          sets_aside}},
        {"toRecipients",
         {[](Row& r, V v) { read_list(r, v, Role::to, r.item.participants.to); }, sets_aside}},
        {"ccRecipients",
         {[](Row& r, V v) { read_list(r, v, Role::cc, r.item.participants.cc); }, sets_aside}},
        {"bccRecipients",
         {[](Row& r, V v) { read_list(r, v, Role::bcc, r.item.participants.bcc); }, sets_aside}},
        // Which message it is: copies in other mailboxes are known by these.
        {"internetMessageId", {read_message_id, sets_aside}},
        {"subject", {[](Row& r, V v) { read_text(r, v, r.item.subject); }, sets_aside}},
        {"sentDateTime", {[](Row& r, V v) { read_time(r, v, r.item.message().sent_at); }, unsaid}},
        {"receivedDateTime",
         {[](Row& r, V v) { read_time(r, v, r.item.message().received_at); }, unsaid}},
        // What only adds to it.
        {"createdDateTime", {[](Row& r, V v) { read_time(r, v, r.item.created_at); }, unsaid}},
        {"lastModifiedDateTime",
         {[](Row& r, V v) { read_time(r, v, r.item.modified_at); }, unsaid}},
        {"conversationId",
         {[](Row& r, V v) { read_text(r, v, r.item.thread.conversation_id); }, unsaid}},
        {"conversationIndex",
         {[](Row& r, V v) { read_text(r, v, r.item.thread.conversation_index); }, unsaid}},
        {"replyTo",
         {[](Row& r, V v) { read_list(r, v, Role::reply_to, r.item.participants.reply_to); },
          unsaid}},
        {"hasAttachments",
         {[](Row& r, V v) { read_flag(r, v, r.item.message().has_attachments); }, unsaid}},
    };
    return table;
}

} // namespace

bool read_properties(const json::object& object, Item& item)
{
    Row row{item};
    for (const auto& entry : object) {
        const std::string_view name(entry.key().data(), entry.key().size());
        if (const auto known = properties().find(name); known != properties().end())
            row.read(name, known->second, entry.value());
    }
    return row.odd_sensitivity;
}

} // namespace crmsync::graph
