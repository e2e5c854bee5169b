#include "connector/graph/graph_body.hpp"

#include "base/text.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"

namespace crmsync::graph {

namespace json = boost::json;

namespace {

AttachmentKind kind_of(const json::value& entry)
{
    const std::string_view type = text_at(entry, "@odata.type").value_or("");
    const std::string_view name =
        type.substr(type.rfind('.') == type.npos ? 0 : type.rfind('.') + 1);
    if (same_word(name, "itemAttachment"))
        return AttachmentKind::item;
    if (same_word(name, "referenceAttachment"))
        return AttachmentKind::reference;
    return AttachmentKind::file;
}

} // namespace

std::optional<FetchedBody> read_body(const json::value& row, MailboxId mailbox)
{
    const auto id = text_at(row, "id");
    const json::value* body = member(row, "body");
    if (!id || id->empty() || !body)
        return std::nullopt;

    std::optional<FetchedBody> fetched(std::in_place);
    fetched->key = ItemKey{mailbox, std::string(*id)};
    const std::string_view etag = version_in_etag(text_at(row, "@odata.etag").value_or(""));
    fetched->version = Version(std::string(text_at(row, "changeKey").value_or(etag)));
    if (const json::object* parts = body->if_object()) {
        const json::value* content = parts->if_contains("content");
        if (content && !content->is_null() && !content->is_string())
            return std::nullopt;
        fetched->type = same_word(text_at(*body, "contentType").value_or("html"), "text")
                            ? BodyType::text
                            : BodyType::html;
        fetched->body = clean_utf8(text_of(content).value_or(""));
    } else if (!body->is_null()) {
        return std::nullopt;
    }
    const json::value* attachments = member(row, "attachments");
    if (!attachments || attachments->is_null())
        return fetched;
    auto heads = read_attachments(attachments);
    if (!heads || member(row, "attachments@odata.nextLink"))
        return std::nullopt;
    fetched->attachments = std::move(*heads);
    return fetched;
}

std::optional<std::vector<AttachmentHead>> read_attachments(const json::value* list)
{
    const json::array* entries = list ? list->if_array() : nullptr;
    if (!entries)
        return std::nullopt;
    std::vector<AttachmentHead> heads;
    heads.reserve(entries->size());
    for (const json::value& entry : *entries) {
        const auto id = text_at(entry, "id");
        if (!id || id->empty())
            continue;
        AttachmentHead head;
        head.id = *id;
        head.name = clean_utf8(text_at(entry, "name").value_or(""));
        head.content_type = clean_utf8(text_at(entry, "contentType").value_or(""));
        head.size = std::max<std::int64_t>(0, number_of(member(entry, "size")).value_or(0));
        const json::value* is_inline = member(entry, "isInline");
        head.is_inline = is_inline && is_inline->is_bool() && is_inline->get_bool();
        head.kind = kind_of(entry);
        heads.push_back(std::move(head));
    }
    return heads;
}

} // namespace crmsync::graph
