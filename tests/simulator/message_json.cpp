#include "simulator/message_json.hpp"

#include "base/digest.hpp"
#include "simulator/extended_property.hpp"
#include "simulator/json_text.hpp"

#include <algorithm>

namespace crmsync::sim {

namespace {

void append_address(std::string& out, const Address& address)
{
    out += R"({"emailAddress":{"name":)";
    append_string(out, address.name.empty() ? address.address : address.name);
    out += R"(,"address":)";
    append_string(out, address.address);
    out += "}}";
}

void append_addresses(std::string& out, const std::vector<Address>& addresses)
{
    out += '[';
    for (const Address& address : addresses) {
        if (out.back() != '[')
            out += ',';
        append_address(out, address);
    }
    out += ']';
}

/// Text written as a page, as the service shows plain messages unless text is preferred.
void append_as_html(std::string& out, std::string_view text)
{
    out += R"(<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; )"
           R"(charset=utf-8\">\r\n</head>\r\n<body>\r\n<div class=\"PlainText\">)";
    std::string escaped;
    for (const char c : text)
        switch (c) {
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '&':
            escaped += "&amp;";
            break;
        case '\n':
            escaped += "<br>\n";
            break;
        default:
            escaped += c;
        }
    append_escaped(out, escaped);
    out += R"(</div>\r\n</body>\r\n</html>\r\n)";
}

void append_body(std::string& out, const Body& body, bool as_text)
{
    out +=
        as_text ? R"({"contentType":"text","content":")" : R"({"contentType":"html","content":")";
    if (as_text && body.html && body.text)
        append_escaped(out, text_of(body));
    else if (as_text || (body.html && body.text))
        append_escaped(out, body.view());
    else if (body.html) {
        out += R"(<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; )"
               R"(charset=utf-8\"></head><body><p>)";
        out += body.view(); // the program's own text: nothing to escape
        out += "</p></body></html>";
    } else
        append_as_html(out, body.view());
    out += "\"}";
}

void append_strings(std::string& out, const std::vector<std::string>& texts)
{
    out += '[';
    for (const std::string& text : texts) {
        if (out.back() != '[')
            out += ',';
        append_string(out, text);
    }
    out += ']';
}

void append_headers(std::string& out, const Item& item)
{
    if (item.from_me || item.is_draft) {
        out += "null";
        return;
    }
    out += '[';
    for (const auto& [name, value] : internet_headers(item)) {
        if (out.back() != '[')
            out += ',';
        out += R"({"name":)";
        append_string(out, name);
        out += R"(,"value":)";
        append_string(out, value);
        out += '}';
    }
    out += ']';
}

void append_extended(std::string& out, const Item& item, const MessageView& view)
{
    bool first = true;
    for (const PropertyWanted& wanted : *view.extended) {
        const auto value = extended_value(item, wanted.id);
        if (!value)
            continue;
        if (first)
            append_name(out, "singleValueExtendedProperties");
        out += first ? '[' : ',';
        first = false;
        out += R"({"id":)";
        append_string(out, view.lower_case_ids ? wanted.id : wanted.asked);
        out += R"(,"value":)";
        append_string(out, *value);
        out += '}';
    }
    if (!first)
        out += ']';
}

void append_property(std::string& out, std::uint64_t bit, const Item& item, const MessageView& view)
{
    switch (bit) {
    case p_created:
        return append_time(out, item.created);
    case p_modified:
        return append_time(out, item.modified);
    case p_change_key:
        out += '"';
        view.mailbox.ids().append_change_key(out, item.change);
        out += '"';
        return;
    case p_categories:
        return append_strings(out, view.reverse_categories ? std::vector(item.categories.rbegin(),
                                                                         item.categories.rend())
                                                           : item.categories);
    case p_received:
        return append_time(out, item.received);
    case p_sent:
        return append_time(out, item.sent);
    case p_has_attachments:
        return append_bool(out, item.has_real_attachments());
    case p_message_id:
        return append_string(out, item.message_id);
    case p_subject:
        return append_string(out, item.subject);
    case p_preview:
        return append_string(out, preview_of(item.body));
    case p_importance:
        return append_string(out, item.importance);
    case p_parent_folder: {
        const auto folder = view.mailbox.folders().find(item.folder);
        return append_string(out, folder == view.mailbox.folders().end() ? std::string_view{}
                                                                         : folder->second.id);
    }
    case p_conversation_id:
        return append_string(out, view.mailbox.ids().conversation(item.conversation));
    case p_conversation_index:
        return append_string(out, base64(item.conversation_index));
    case p_delivery_receipt:
        return append_bool(out, item.delivery_receipt);
    case p_read_receipt:
        return append_bool(out, item.read_receipt);
    case p_is_read:
        return append_bool(out, item.is_read);
    case p_is_draft:
        return append_bool(out, item.is_draft);
    case p_web_link:
        out += R"("https://outlook.office365.example/owa/?ItemID=)";
        out += message_id(view.mailbox, item, false).substr(0, 148);
        out += R"(%3D&exvsurl=1&viewmodel=ReadMessageItem")";
        return;
    case p_inference:
        return append_string(out, item.inference);
    case p_body:
    case p_unique_body:
        return append_body(out, item.body, view.text_body);
    case p_sender:
    case p_from: {
        const auto& who = bit == p_from ? item.from : item.sender;
        if (who)
            append_address(out, *who);
        else
            out += "null";
        return;
    }
    case p_to:
        return append_addresses(out, item.to);
    case p_cc:
        return append_addresses(out, item.cc);
    case p_bcc:
        return append_addresses(out, item.bcc);
    case p_reply_to:
        return append_addresses(out, item.reply_to);
    case p_flag:
        out += R"({"flagStatus":)";
        append_string(out, item.flag);
        out += '}';
        return;
    case p_headers:
        return append_headers(out, item);
    default:
        out += "null";
    }
}

} // namespace

void append_etag(std::string& out, const Mailbox& mailbox, const Item& item)
{
    out += R"("W/\")";
    mailbox.ids().append_change_key(out, item.change);
    out += R"(\"")";
}

std::string etag(const Mailbox& mailbox, const Item& item)
{
    std::string text = "W/\"";
    mailbox.ids().append_change_key(text, item.change);
    return text + '"';
}

std::string message_id(const Mailbox& mailbox, const Item& item, bool immutable)
{
    return immutable ? mailbox.immutable_id(item) : mailbox.default_id(item);
}

void append_message(std::string& out, const Item& item, const MessageView& view)
{
    out += '{';
    if (!view.context.empty()) {
        append_name(out, "@odata.context");
        append_string(out, view.context);
    }
    if (view.typed)
        out += out.back() == '{' ? R"("@odata.type":"#microsoft.graph.message")"
                                 : R"(,"@odata.type":"#microsoft.graph.message")";
    append_name(out, "@odata.etag");
    append_etag(out, view.mailbox, item);
    append_name(out, "id");
    out += '"';
    const auto id_at = out.size();
    if (view.immutable_ids)
        view.mailbox.ids().append_immutable(out, item.serial);
    else
        view.mailbox.ids().append_default(out, item.serial, item.folder, item.placement);
    const auto id_length = out.size() - id_at;
    out += '"';
    for (const PropertyRow& row : message_properties()) {
        if (!(row.bit & view.properties) || row.bit & (navigation_properties | p_id))
            continue;
        const bool person = row.bit & (p_from | p_sender);
        if (person && item.is_draft && !item.from)
            continue;
        append_name(out, row.name);
        if (const auto raw =
                item.raw.empty() ? item.raw.end() : item.raw.find(std::string(row.name));
            raw != item.raw.end())
            out += raw->second;
        else
            append_property(out, row.bit, item, view);
    }
    if (view.extended && !view.extended->empty())
        append_extended(out, item, view);
    if (view.attachments) {
        append_name(out, "attachments");
        out += '[';
        const std::string id = out.substr(id_at, id_length);
        for (const Attachment& attachment : item.attachments) {
            if (out.back() != '[')
                out += ',';
            append_attachment(out, view.mailbox, attachment, id, *view.attachments);
        }
        out += ']';
    }
    out += '}';
}

} // namespace crmsync::sim
