#include "support/builders.hpp"

namespace crmsync::test {

MessageBuilder::MessageBuilder()
{
    item_.key = {MailboxId(1), "item-1"};
    item_.version = Version("v1");
    item_.folder = FolderId("inbox");
    item_.categories = std::vector<std::string>{};
    item_.subject = std::string("Offer");
    item_.participants.reply_to = Participants{};
    item_.participants.cc = Participants{};
    item_.participants.bcc = Participants{};
    item_.thread.message_id = std::string("own@adventure.example");
    item_.thread.in_reply_to = Said<std::string>::empty();
    item_.thread.references = Said<std::vector<std::string>>::empty();
    item_.sensitivity = Sensitivity::normal;
    item_.detail = Message{};
    item_.message().draft = false;
    item_.message().has_attachments = false;
    item_.message().message_class = std::string("IPM.Note");
    item_.message().automatic = AutomaticMail{};
    from("ann@adventure.example", "Ann").to("kim@contoso.example").at(monday());
}

MessageBuilder& MessageBuilder::id(std::string id)
{
    item_.key.id = std::move(id);
    return *this;
}

MessageBuilder& MessageBuilder::version(std::string version)
{
    item_.version = Version(std::move(version));
    return *this;
}

MessageBuilder& MessageBuilder::folder(std::string folder)
{
    item_.folder = FolderId(std::move(folder));
    return *this;
}

MessageBuilder& MessageBuilder::from(std::string address, std::string name)
{
    item_.participants.sender = Participants{{Role::sender, address, name}};
    item_.participants.from = Participants{{Role::from, std::move(address), std::move(name)}};
    return *this;
}

MessageBuilder& MessageBuilder::sender(std::string address)
{
    item_.participants.sender = Participants{{Role::sender, std::move(address), ""}};
    return *this;
}

MessageBuilder& MessageBuilder::no_from()
{
    item_.participants.from = Said<Participants>::empty();
    item_.participants.sender = Said<Participants>::empty();
    return *this;
}

MessageBuilder& MessageBuilder::recipients(Said<Participants>& list, Role role,
                                           std::vector<std::string> addresses)
{
    Participants participants;
    for (std::string& address : addresses)
        participants.push_back({role, std::move(address), ""});
    list = std::move(participants);
    return *this;
}

MessageBuilder& MessageBuilder::subject(std::string subject)
{
    item_.subject = std::move(subject);
    return *this;
}

MessageBuilder& MessageBuilder::categories(std::vector<std::string> categories)
{
    item_.categories = std::move(categories);
    return *this;
}

MessageBuilder& MessageBuilder::categories_not_said()
{
    item_.categories = {};
    return *this;
}

MessageBuilder& MessageBuilder::message_id(std::string id)
{
    item_.thread.message_id = std::move(id);
    return *this;
}

MessageBuilder& MessageBuilder::in_reply_to(std::string id)
{
    item_.thread.in_reply_to = std::move(id);
    return *this;
}

MessageBuilder& MessageBuilder::references(std::vector<std::string> ids)
{
    item_.thread.references = std::move(ids);
    return *this;
}

MessageBuilder& MessageBuilder::at(Timestamp received)
{
    item_.message().received_at = received;
    item_.message().sent_at = received - std::chrono::minutes(1);
    item_.created_at = received;
    item_.modified_at = received;
    return *this;
}

MessageBuilder& MessageBuilder::draft()
{
    item_.message().draft = true;
    return *this;
}

MessageBuilder& MessageBuilder::message_class(std::string name)
{
    item_.message().message_class = std::move(name);
    return *this;
}

MessageBuilder& MessageBuilder::sensitivity(Sensitivity sensitivity)
{
    item_.sensitivity = sensitivity;
    return *this;
}

MessageBuilder& MessageBuilder::sensitivity_unknown()
{
    item_.sensitivity = {};
    return *this;
}

AutomaticMail& MessageBuilder::headers()
{
    auto& automatic = item_.message().automatic;
    if (!automatic.has_value())
        automatic = AutomaticMail{};
    return *automatic;
}

MessageBuilder& MessageBuilder::automatic(std::string header)
{
    headers().automatic = true;
    headers().header = std::move(header);
    return *this;
}

MessageBuilder& MessageBuilder::keywords(std::vector<std::string> keywords)
{
    headers().keywords = std::move(keywords);
    return *this;
}

MessageBuilder& MessageBuilder::headers_unread()
{
    item_.message().automatic = {};
    return *this;
}

} // namespace crmsync::test
