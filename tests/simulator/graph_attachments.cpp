#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"
#include "simulator/message_body.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

Answer raw_value(const Attachment& attachment)
{
    if (attachment.kind == Attachment::Kind::reference)
        throw GraphError{405, "ErrorInvalidRequest",
                         "A reference attachment has no content of its own."};
    Answer answer;
    answer.kind = Answer::Kind::bytes;
    answer.headers.emplace_back("Content-Type", attachment.kind == Attachment::Kind::item
                                                    ? "message/rfc822"
                                                    : attachment.content_type);
    if (attachment.content)
        answer.body = *attachment.content;
    else if (attachment.item)
        answer.body = mime_of(*attachment.item);
    return answer;
}

} // namespace

Answer Graph::route_attachments(Call& call, Item& item, std::size_t at)
{
    const std::string_view id = call.word(at);
    const bool immutable = call.preferences.immutable_ids;
    const std::string of = message_id(*call.mailbox, item, immutable);
    if (id.empty() && call.is("POST"))
        return add_attachment(call, item);
    if (id.empty()) {
        const AttachmentSelect select = parse_attachment_query(call.request.query);
        std::string out = "{";
        append_name(out, "@odata.context");
        append_string(out, fmt::format("{}/v1.0/$metadata#users('{}')/messages('{}')/attachments",
                                       call.request.base, call.mailbox->id(), of));
        append_name(out, "value");
        out += '[';
        for (const Attachment& attachment : item.attachments) {
            if (out.back() != '[')
                out += ',';
            append_attachment(out, *call.mailbox, attachment, of, select);
        }
        return json_answer(out + "]}");
    }
    const auto found = std::find_if(
        item.attachments.begin(), item.attachments.end(), [&](const Attachment& attachment) {
            return attachment_id(of, attachment.number) == id ||
                   attachment_id(message_id(*call.mailbox, item, !immutable), attachment.number) ==
                       id;
        });
    if (found == item.attachments.end())
        throw errors::item_not_found();
    call.entry.attachment = found->name;
    if (call.is("DELETE")) {
        item.attachments.erase(found);
        call.mailbox->touch(item, p_has_attachments | p_attachments);
        return no_content();
    }
    const bool value = call.word(at + 1) == "$value";
    const AttachmentSelect select = parse_attachment_query(call.request.query);
    if (found->broken)
        throw GraphError{400, "ErrorCannotOpenFileAttachment",
                         "OLE conversion failed for an attachment."};
    if (value)
        return raw_value(*found);
    std::string out;
    append_attachment(
        out, *call.mailbox, *found, of, select,
        fmt::format("{}/v1.0/$metadata#users('{}')/messages('{}')/attachments/$entity",
                    call.request.base, call.mailbox->id(), of));
    return json_answer(std::move(out));
}

Answer Graph::add_attachment(Call& call, Item& item)
{
    Attachment made = read_attachment(call.body(), world_.clock().now());
    made.number = call.mailbox->next_attachment();
    item.attachments.push_back(std::move(made));
    call.mailbox->touch(item, p_has_attachments | p_attachments);
    std::string out;
    append_attachment(out, *call.mailbox, item.attachments.back(),
                      message_id(*call.mailbox, item, call.preferences.immutable_ids), {},
                      fmt::format("{}/v1.0/$metadata#attachments/$entity", call.request.base));
    return json_answer(std::move(out), 201);
}

} // namespace crmsync::sim
