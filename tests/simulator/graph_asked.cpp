#include "simulator/cursor.hpp"
#include "simulator/graph.hpp"

namespace crmsync::sim {

namespace {

/// The answer shows the message that was made. A write is not among them: see RecordEntry::prefer
/// for whether it wanted to be shown what it wrote.
bool shows_message(std::string_view operation)
{
    return operation == "draft.create" || operation == "message.move" ||
           operation == "message.copy" || operation.starts_with("message.create");
}

bool asks_for_messages(const Call& call)
{
    const std::string_view name = call.operation->name;
    return name == "message.get" || name == "messages.list" || name == "messages.delta";
}

void note_message(const Mailbox& mailbox, std::string_view id, RecordEntry& entry)
{
    ItemId read;
    if (mailbox.ids().read_item(id, read) != IdForms::Reading::own)
        return;
    mailbox.ids().append_immutable(entry.item, read.serial);
    const auto found = mailbox.items().find(read.serial);
    if (found != mailbox.items().end())
        mailbox.ids().append_change_key(entry.version, found->second->change);
}

} // namespace

Graph::Query Graph::delta_query(Call& call)
{
    const Query given = message_query(call);
    const auto cursor =
        read_cursor(given->skip_token.empty() ? given->delta_token : given->skip_token);
    return cursor && cursor->query < cursor_queries_.size() ? cursor_queries_[cursor->query]
                                                            : given;
}

/// What is asked for is in the request alone, however it is answered: a request that is refused,
/// or is about what is gone, was made all the same.
void Graph::note_asked(Call& call)
{
    call.operation = operation_of(call.request.method, call.request.path);
    if (!call.operation)
        return;
    RecordEntry& entry = call.entry;
    entry.operation = call.operation->name;
    if (!recording)
        return;
    if (call.mailbox)
        note_message(*call.mailbox, message_in(call.request.path), entry);
    try {
        if (asks_for_messages(call)) {
            const bool delta = entry.operation == "messages.delta";
            const Query query = delta ? delta_query(call) : message_query(call);
            const std::uint64_t bits = query->properties();
            entry.select = query->select_text;
            entry.body = bits & (p_body | p_unique_body);
            entry.preview = bits & p_preview;
            entry.internet_headers = bits & p_headers;
            entry.attachments = query->expand_attachments;
            entry.contents = query->expand_attachments && query->attachments.wants("contentBytes");
        } else if (entry.operation == "attachments.list" || entry.operation == "attachment.get") {
            const AttachmentSelect select = parse_attachment_query(call.request.query);
            entry.attachments = true;
            entry.contents = select.wants("contentBytes");
        } else if (entry.operation == "attachment.value") {
            entry.contents = true;
        } else if (entry.operation == "message.mime") {
            entry.mime = entry.body = entry.contents = true;
        } else if (shows_message(entry.operation)) {
            entry.body = entry.preview = true;
        }
    } catch (const GraphError&) {
        // The query cannot be read, so it could have been about anything.
        entry.body = entry.preview = entry.attachments = entry.contents = true;
    }
}

void Graph::finish_entry(Call& call, int status)
{
    call.entry.at = world_.clock().now();
    call.entry.mailbox = call.mailbox ? call.mailbox->id() : std::string{};
    call.entry.target = call.request.target;
    call.entry.prefer = call.request.header("Prefer");
    call.entry.if_match = call.request.header("If-Match");
    call.entry.status = status;
    record.add(std::move(call.entry));
}

void Graph::note_unanswered(Request& request, std::uint64_t batch, int status)
{
    if (!recording)
        return;
    Call call{.request = request, .preferences = read_preferences(request)};
    call.mailbox = mailbox_of(request);
    call.entry.number = record.next_number();
    call.entry.batch = batch;
    call.entry.part = request.part;
    call.entry.method = request.method;
    note_asked(call);
    finish_entry(call, status);
}

void Graph::permit(Call& call)
{
    if (!switches.check_permissions)
        return;
    if (!(call.roles & call.operation->roles))
        throw call.operation->name.starts_with("user") ? errors::directory_denied()
                                                       : errors::access_denied();
    if (call.operation->name == "messages.delta")
        shown(call, *delta_query(call));
    else if (asks_for_messages(call))
        shown(call, *message_query(call));
}

} // namespace crmsync::sim
