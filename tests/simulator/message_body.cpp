#include "simulator/message_body.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "simulator/extended_property.hpp"
#include "simulator/graph_error.hpp"
#include "simulator/message_properties.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace json = boost::json;

namespace {

GraphError wrong_type(std::string_view name)
{
    return {400, "RequestBodyRead",
            fmt::format("The value of the property '{}' cannot be read.", name)};
}

std::string text_of_value(const json::value& value, std::string_view name)
{
    if (value.is_null())
        return {};
    if (!value.is_string())
        throw wrong_type(name);
    return std::string(value.get_string());
}

bool flag_of(const json::value& value, std::string_view name)
{
    if (!value.is_bool())
        throw wrong_type(name);
    return value.get_bool();
}

const json::array& array_of(const json::value& value, std::string_view name)
{
    if (!value.is_array())
        throw wrong_type(name);
    return value.get_array();
}

const json::value* member(const json::object& object, std::string_view name)
{
    for (const auto& [key, value] : object)
        if (same_name(key, name))
            return &value;
    return nullptr;
}

Address address_of(const json::value& value, std::string_view name)
{
    const json::value* const inner =
        value.is_object() ? member(value.get_object(), "emailAddress") : nullptr;
    if (!inner || !inner->is_object())
        throw wrong_type(name);
    Address address;
    for (const auto& [key, text] : inner->get_object()) {
        if (same_name(key, "name"))
            address.name = text_of_value(text, "name");
        else if (same_name(key, "address"))
            address.address = text_of_value(text, "address");
        else if (key.find("@odata") == std::string_view::npos)
            throw errors::unknown_body_property(key, "emailAddress");
    }
    return address;
}

std::vector<Address> addresses_of(const json::value& value, std::string_view name)
{
    std::vector<Address> addresses;
    for (const json::value& one : array_of(value, name))
        addresses.push_back(address_of(one, name));
    return addresses;
}

std::vector<std::string> categories_of(const json::value& value)
{
    std::vector<std::string> categories;
    for (const json::value& one : array_of(value, "categories")) {
        std::string name = text_of_value(one, "categories");
        if (name.empty() || name.size() >= 256)
            throw GraphError{400, "ErrorInvalidArgument",
                             "The category name is empty or too long."};
        // The same name twice is kept once, as the store keeps keywords.
        if (std::find(categories.begin(), categories.end(), name) == categories.end())
            categories.push_back(std::move(name));
    }
    return categories;
}

std::string one_of(const json::value& value, std::string_view name,
                   std::initializer_list<std::string_view> allowed)
{
    const std::string text = text_of_value(value, name);
    for (const std::string_view one : allowed)
        if (same_name(one, text))
            return std::string(one);
    throw wrong_type(name);
}

Body body_of(const json::value& value)
{
    if (!value.is_object())
        throw wrong_type("body");
    Body body;
    std::string content;
    for (const auto& [key, inner] : value.get_object()) {
        if (same_name(key, "contentType"))
            body.html = one_of(inner, "contentType", {"text", "html"}) == "html";
        else if (same_name(key, "content"))
            content = text_of_value(inner, "content");
        else if (key.find("@odata") == std::string_view::npos)
            throw errors::unknown_body_property(key, "itemBody");
    }
    // The store never gives back the bytes it was given (G-142).
    if (body.html && !content.starts_with("<html"))
        content = "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; "
                  "charset=utf-8\">\r\n</head>\r\n<body>\r\n" +
                  content + "\r\n</body>\r\n</html>\r\n";
    body.text = std::make_shared<const std::string>(std::move(content));
    return body;
}

void apply_headers(Item& item, const json::value& value)
{
    Headers headers;
    for (const json::value& one : array_of(value, "internetMessageHeaders")) {
        if (!one.is_object())
            throw wrong_type("internetMessageHeaders");
        const json::value* const name = member(one.get_object(), "name");
        const json::value* const text = member(one.get_object(), "value");
        if (!name || !text)
            throw wrong_type("internetMessageHeaders");
        headers.emplace_back(text_of_value(*name, "name"), text_of_value(*text, "value"));
        if (!same_name(std::string_view(headers.back().first).substr(0, 2), "x-"))
            throw GraphError{400, "InvalidInternetMessageHeader",
                             "The internet message header name '" + headers.back().first +
                                 "' should start with 'x-' or 'X-'."};
    }
    if (headers.size() > 5)
        throw GraphError{400, "InvalidInternetMessageHeaderCollection",
                         "Maximum number of headers in one message should be less than or equal "
                         "to 5."};
    item.headers = std::move(headers);
}

void apply_extended(Item& item, const json::value& value)
{
    for (const json::value& one : array_of(value, "singleValueExtendedProperties")) {
        if (!one.is_object())
            throw wrong_type("singleValueExtendedProperties");
        const json::value* const id = member(one.get_object(), "id");
        const json::value* const text = member(one.get_object(), "value");
        const auto canonical =
            id && id->is_string() ? canonical_property_id(id->get_string()) : std::nullopt;
        if (!canonical || !text)
            throw GraphError{400, "ErrorInvalidProperty", "The property id is invalid."};
        set_extended(item, *canonical, text_of_value(*text, "value"));
    }
}

void apply(Item& item, std::uint64_t bit, std::string_view name, const json::value& value)
{
    switch (bit) {
    case p_categories:
        item.categories = categories_of(value);
        return;
    case p_importance:
        item.importance = one_of(value, name, {"low", "normal", "high"});
        return;
    case p_inference:
        item.inference = one_of(value, name, {"focused", "other"});
        return;
    case p_is_read:
        item.is_read = flag_of(value, name);
        return;
    case p_delivery_receipt:
        item.delivery_receipt = flag_of(value, name);
        return;
    case p_read_receipt:
        item.read_receipt = flag_of(value, name);
        return;
    case p_subject:
        item.subject = text_of_value(value, name);
        return;
    case p_message_id:
        item.message_id = text_of_value(value, name);
        return;
    case p_body:
        item.body = body_of(value);
        return;
    case p_from:
        item.from = address_of(value, name);
        return;
    case p_sender:
        item.sender = address_of(value, name);
        return;
    case p_to:
        item.to = addresses_of(value, name);
        return;
    case p_cc:
        item.cc = addresses_of(value, name);
        return;
    case p_bcc:
        item.bcc = addresses_of(value, name);
        return;
    case p_reply_to:
        item.reply_to = addresses_of(value, name);
        return;
    case p_extended:
        apply_extended(item, value);
        return;
    case p_headers:
        apply_headers(item, value);
        return;
    case p_flag: {
        const json::value* const status =
            value.is_object() ? member(value.get_object(), "flagStatus") : nullptr;
        if (!status)
            throw wrong_type(name);
        item.flag = one_of(*status, "flagStatus", {"notFlagged", "complete", "flagged"});
        return;
    }
    default:
        throw errors::read_only_property();
    }
}

} // namespace

std::uint64_t apply_message(Item& item, const json::object& body, bool draft)
{
    std::uint64_t written = 0;
    for (const auto& [key, value] : body) {
        if (key.find("@odata") != std::string_view::npos)
            continue;
        const PropertyRow* const row = message_property(key);
        if (!row)
            throw errors::unknown_body_property(key, "message");
        const bool fresh = draft && item.serial == 0;
        if (row->bit == p_attachments && fresh) {
            for (const json::value& one : array_of(value, key)) {
                if (!one.is_object())
                    throw wrong_type(key);
                item.attachments.push_back(read_attachment(one.get_object(), item.created));
            }
            continue;
        }
        const bool headers_of_draft = row->bit == p_headers && fresh;
        if (!headers_of_draft && (row->writable == PropertyRow::Writable::never ||
                                  (row->writable == PropertyRow::Writable::draft && !draft)))
            throw errors::read_only_property();
        apply(item, row->bit, row->name, value);
        written |= row->bit == p_body ? p_body | p_preview | p_unique_body : row->bit;
    }
    return written;
}

Attachment read_attachment(const json::object& body, Timestamp now)
{
    constexpr std::string_view known[] = {
        "name", "contentType", "isInline",        "contentBytes",         "contentId",
        "size", "id",          "contentLocation", "lastModifiedDateTime", "item"};
    for (const auto& [key, value] : body)
        if (key.find("@odata") == std::string_view::npos &&
            std::none_of(std::begin(known), std::end(known),
                         [&](std::string_view name) { return same_name(name, key); }))
            throw errors::unknown_body_property(key, "fileAttachment");
    Attachment attachment;
    attachment.modified = now;
    const json::value* const type = member(body, "@odata.type");
    if (type && type->is_string() && type->get_string().ends_with("itemAttachment"))
        attachment.kind = Attachment::Kind::item;
    if (type && type->is_string() && type->get_string().ends_with("referenceAttachment"))
        attachment.kind = Attachment::Kind::reference;
    const auto text = [&](std::string_view name) {
        const json::value* const value = member(body, name);
        return value ? text_of_value(*value, name) : std::string{};
    };
    attachment.name = text("name");
    attachment.content_type = text("contentType");
    attachment.content_id = text("contentId");
    if (attachment.content_type.empty())
        attachment.content_type = "application/octet-stream";
    if (const json::value* const is_inline = member(body, "isInline"))
        attachment.is_inline = flag_of(*is_inline, "isInline");
    if (attachment.kind != Attachment::Kind::file)
        return attachment;
    if (!member(body, "contentBytes"))
        throw GraphError{400, "ErrorInvalidPropertyRequest",
                         "An attachment needs its contentBytes."};
    std::string bytes = text("contentBytes");
    while (bytes.size() % 4 != 0)
        bytes += '=';
    try {
        attachment.content = std::make_shared<const std::string>(from_base64(bytes));
    } catch (const Failure&) {
        throw wrong_type("contentBytes");
    }
    if (attachment.content->size() > 3 * 1024 * 1024)
        throw GraphError{413, "RequestBodyRead", "The request size exceeds the maximum limit."};
    return attachment;
}

} // namespace crmsync::sim
