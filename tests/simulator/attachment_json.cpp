#include "base/digest.hpp"
#include "simulator/json_text.hpp"
#include "simulator/message_json.hpp"

#include <fmt/format.h>

namespace crmsync::sim {

namespace {

std::string_view type_of(const Attachment& attachment)
{
    switch (attachment.kind) {
    case Attachment::Kind::item:
        return "#microsoft.graph.itemAttachment";
    case Attachment::Kind::reference:
        return "#microsoft.graph.referenceAttachment";
    case Attachment::Kind::file:
        break;
    }
    return "#microsoft.graph.fileAttachment";
}

std::size_t stored_size(const Attachment& attachment)
{
    const std::size_t bytes = attachment.content ? attachment.content->size()
                              : attachment.item  ? attachment.item->size()
                                                 : 512;
    return bytes + 312; // what is stored is larger than the file (G-155)
}

void append_nullable(std::string& out, std::string_view text)
{
    if (text.empty())
        out += "null";
    else
        append_string(out, text);
}

void append_nested(std::string& out, const Mailbox& mailbox, const Item& item)
{
    append_name(out, "item");
    const MessageView view{.mailbox = mailbox,
                           .properties = default_message_properties & ~p_parent_folder,
                           .typed = true};
    std::string nested;
    append_message(nested, item, view);
    // The message inside has no place of its own: neither id nor etag.
    const auto etag = nested.find(R"("@odata.etag")");
    const auto id_end = nested.find(',', nested.find(R"("id":)"));
    nested.replace(etag, id_end - etag, R"("id":"")");
    out += nested;
}

std::string folded_base64(std::string_view bytes)
{
    const std::string text = base64(bytes);
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 76)
        out += text.substr(i, 76) + "\r\n";
    return out;
}

std::string listed(const std::vector<Address>& addresses)
{
    std::string text;
    for (const Address& address : addresses) {
        if (!text.empty())
            text += ", ";
        text += address.name.empty() ? address.address
                                     : fmt::format("{} <{}>", address.name, address.address);
    }
    return text;
}

} // namespace

void append_attachment(std::string& out, const Mailbox& mailbox, const Attachment& attachment,
                       std::string_view of, const AttachmentSelect& select,
                       std::string_view context)
{
    out += '{';
    if (!context.empty()) {
        append_name(out, "@odata.context");
        append_string(out, context);
    }
    append_name(out, "@odata.type");
    append_string(out, type_of(attachment));
    if (attachment.kind == Attachment::Kind::file) {
        append_name(out, "@odata.mediaContentType");
        append_string(out, attachment.content_type);
    }
    append_name(out, "id");
    append_string(out, attachment_id(of, attachment.number));
    const auto named = [&](std::string_view name) {
        if (!select.wants(name))
            return false;
        append_name(out, name);
        return true;
    };
    if (named("lastModifiedDateTime"))
        append_time(out, attachment.modified);
    if (named("name"))
        append_string(out, attachment.name);
    if (named("contentType"))
        append_nullable(out, attachment.kind == Attachment::Kind::item ? std::string_view{}
                                                                       : attachment.content_type);
    if (named("size"))
        append_number(out, stored_size(attachment));
    if (named("isInline"))
        append_bool(out, attachment.is_inline);
    if (attachment.kind == Attachment::Kind::file) {
        if (named("contentId"))
            append_nullable(out, attachment.content_id);
        if (named("contentLocation"))
            out += "null";
        if (named("contentBytes"))
            append_string(out, base64(attachment.content ? *attachment.content : std::string{}));
    }
    if (attachment.kind == Attachment::Kind::item && select.expand_item && attachment.item)
        append_nested(out, mailbox, *attachment.item);
    out += '}';
}

Headers internet_headers(const Item& item)
{
    Headers headers;
    headers.emplace_back("Received",
                         fmt::format("from mail.sim.example by SIM01.prod.outlook.example with "
                                     "HTTPS; {}",
                                     time_text(item.received)));
    if (item.from)
        headers.emplace_back("From", listed({*item.from}));
    if (!item.to.empty())
        headers.emplace_back("To", listed(item.to));
    if (!item.cc.empty())
        headers.emplace_back("CC", listed(item.cc));
    headers.emplace_back("Subject", item.subject);
    headers.emplace_back("Date", time_text(item.sent));
    headers.emplace_back("Message-ID", item.message_id);
    if (!item.in_reply_to.empty())
        headers.emplace_back("In-Reply-To", item.in_reply_to);
    if (!item.references.empty())
        headers.emplace_back("References", item.references);
    headers.emplace_back("MIME-Version", "1.0");
    for (const auto& header : item.headers)
        headers.push_back(header);
    return headers;
}

std::string mime_of(const Item& item)
{
    std::string out;
    for (const auto& [name, value] : internet_headers(item))
        out += fmt::format("{}: {}\r\n", name, value);
    const std::string boundary = fmt::format("_000_{:016x}_", item.serial);
    out += fmt::format("Content-Type: multipart/mixed; boundary=\"{}\"\r\n\r\n--{}\r\n", boundary,
                       boundary);
    out += fmt::format("Content-Type: text/{}; charset=\"utf-8\"\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\n",
                       item.body.html ? "html" : "plain");
    out += folded_base64(item.body.view());
    for (const Attachment& attachment : item.attachments) {
        if (attachment.kind != Attachment::Kind::file || !attachment.content)
            continue;
        out += fmt::format("--{}\r\nContent-Type: {}; name=\"{}\"\r\nContent-Disposition: "
                           "{}; filename=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                           boundary, attachment.content_type, attachment.name,
                           attachment.is_inline ? "inline" : "attachment", attachment.name);
        out += folded_base64(*attachment.content);
    }
    return out + fmt::format("--{}--\r\n", boundary);
}

} // namespace crmsync::sim
