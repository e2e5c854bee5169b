#include "model/item.hpp"

#include <utility>

namespace crmsync {

namespace {

void append(Participants& all, const Said<Participants>& some)
{
    if (some.has_value())
        all.insert(all.end(), some->begin(), some->end());
}

bool names_somebody(const Said<Participants>& list) { return list.has_value() && !list->empty(); }

SaidParticipants merged(const SaidParticipants& newer, const SaidParticipants& older)
{
    return {newer.from.or_known(older.from),
            newer.sender.or_known(older.sender),
            newer.reply_to.or_known(older.reply_to),
            newer.to.or_known(older.to),
            newer.cc.or_known(older.cc),
            newer.bcc.or_known(older.bcc)};
}

ThreadHeaders merged(const ThreadHeaders& newer, const ThreadHeaders& older)
{
    return {newer.message_id.or_known(older.message_id),
            newer.in_reply_to.or_known(older.in_reply_to),
            newer.references.or_known(older.references),
            newer.conversation_id.or_known(older.conversation_id),
            newer.conversation_index.or_known(older.conversation_index)};
}

Message merged(const Message& newer, const Message& older)
{
    return {newer.draft.or_known(older.draft),
            newer.has_attachments.or_known(older.has_attachments),
            newer.message_class.or_known(older.message_class),
            newer.size.or_known(older.size),
            newer.sent_at.or_known(older.sent_at),
            newer.received_at.or_known(older.received_at),
            newer.automatic.or_known(older.automatic)};
}

} // namespace

std::string_view to_string(Role role)
{
    switch (role) {
    case Role::from:
        return "from";
    case Role::sender:
        return "sender";
    case Role::reply_to:
        return "reply_to";
    case Role::to:
        return "to";
    case Role::cc:
        return "cc";
    case Role::bcc:
        return "bcc";
    case Role::organizer:
        return "organizer";
    case Role::required:
        return "required";
    case Role::optional:
        return "optional";
    }
    return "";
}

Participants SaidParticipants::all() const
{
    Participants everybody;
    append(everybody, names_somebody(from) ? from : sender);
    append(everybody, to);
    append(everybody, cc);
    append(everybody, bcc);
    return everybody;
}

std::optional<Timestamp> Item::happened_at() const
{
    if (const auto* mail = std::get_if<Message>(&detail)) {
        if (mail->sent_at.has_value())
            return *mail->sent_at;
        if (mail->received_at.has_value())
            return *mail->received_at;
    }
    if (created_at.has_value())
        return *created_at;
    return std::nullopt;
}

bool Item::complete() const
{
    if (!version.said() || !folder.said() || !categories.said() || !subject.said())
        return false;
    if (!participants.from.said() && !participants.sender.said())
        return false;
    if (!participants.to.said() || !participants.cc.said() || !participants.bcc.said())
        return false;
    const auto* mail = std::get_if<Message>(&detail);
    if (mail == nullptr)
        return true;
    return thread.message_id.said() && mail->draft.said() && mail->message_class.said() &&
           (mail->sent_at.said() || mail->received_at.said());
}

Item merged(Item newer, const Item& older)
{
    newer.version = newer.version.or_known(older.version);
    newer.folder = newer.folder.or_known(older.folder);
    newer.categories = newer.categories.or_known(older.categories);
    newer.subject = newer.subject.or_known(older.subject);
    newer.participants = merged(newer.participants, older.participants);
    newer.thread = merged(newer.thread, older.thread);
    newer.sensitivity = newer.sensitivity.or_known(older.sensitivity);
    newer.created_at = newer.created_at.or_known(older.created_at);
    newer.modified_at = newer.modified_at.or_known(older.modified_at);
    const auto* mail = std::get_if<Message>(&newer.detail);
    const auto* known = std::get_if<Message>(&older.detail);
    if (mail != nullptr && known != nullptr)
        newer.detail = merged(*mail, *known);
    return newer;
}

} // namespace crmsync
