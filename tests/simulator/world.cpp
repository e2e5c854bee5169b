#include "simulator/world.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace crmsync::sim {

namespace {

std::string_view first_reference(const Item& item)
{
    for (const std::string_view reference : split(item.references, ' '))
        if (!reference.empty())
            return reference;
    return item.in_reply_to;
}

/// The 22 bytes of a thread's first message: reserved, time, an identity (MS-OXOMSG 2.2.1.3).
std::string thread_index(std::uint64_t key, Timestamp at)
{
    std::string bytes(1, '\x01');
    const auto ticks =
        static_cast<std::uint64_t>(at.time_since_epoch().count()) * 10 + 116444736000000000ULL;
    for (int i = 7; i >= 3; --i)
        bytes += static_cast<char>(ticks >> (i * 8));
    for (int i = 0; i < 16; ++i)
        bytes += static_cast<char>((i < 8 ? key : key * 0x9e3779b97f4a7c15) >> (i % 8 * 8));
    return bytes;
}

} // namespace

Mailbox& World::add_mailbox(MailboxSpec spec)
{
    if (find(spec.upn))
        throw std::invalid_argument("there is a mailbox of that name: " + spec.upn);
    mailboxes_.push_back(std::make_unique<Mailbox>(clock_, std::move(spec)));
    Mailbox& made = *mailboxes_.back();
    by_name_[fold(made.id())] = &made;
    by_name_[fold(made.spec().upn)] = &made;
    for (const std::string& alias : made.spec().aliases)
        by_name_[fold(alias)] = &made;
    return made;
}

void World::rename_user(Mailbox& mailbox, const std::string& upn)
{
    if (find(upn))
        throw std::invalid_argument("there is a mailbox of that name: " + upn);
    by_name_.erase(fold(mailbox.spec().upn));
    mailbox.rename(upn);
    by_name_[fold(upn)] = &mailbox;
}

Mailbox* World::find(std::string_view id_or_upn)
{
    auto found = by_name_.find(std::string(id_or_upn));
    if (found == by_name_.end())
        found = by_name_.find(fold(id_or_upn));
    if (found == by_name_.end())
        return nullptr;
    Mailbox& mailbox = *found->second;
    // An alias receives mail, but it names no user.
    return same_folded(id_or_upn, mailbox.id()) || same_folded(id_or_upn, mailbox.spec().upn)
               ? &mailbox
               : nullptr;
}

Mailbox* World::by_address(std::string_view address)
{
    const auto found = by_name_.find(fold(address));
    return found == by_name_.end() || !found->second->receives(address) ? nullptr : found->second;
}

std::string World::new_message_id()
{
    ++messages_;
    return fmt::format("<{:016X}.{}@sim.prod.outlook.example>", hash64("message", messages_),
                       messages_);
}

Item World::make_item(const Mail& mail)
{
    Item item;
    item.subject = mail.subject;
    item.body.text = std::make_shared<const std::string>(mail.body);
    item.body.html = mail.html;
    item.from = mail.from;
    item.sender = mail.sender ? mail.sender : mail.from;
    item.to = mail.to;
    item.cc = mail.cc;
    item.bcc = mail.bcc;
    item.reply_to = mail.reply_to;
    item.message_id = mail.message_id.empty() ? new_message_id() : mail.message_id;
    item.in_reply_to = mail.in_reply_to;
    item.references = mail.references;
    item.created = item.modified = clock_.now();
    item.sent = mail.sent.value_or(item.created);
    item.received = mail.received.value_or(item.created);
    item.categories = mail.categories;
    item.importance = mail.importance;
    item.message_class = mail.message_class;
    item.sensitivity = mail.sensitivity;
    item.is_read = mail.is_read;
    item.headers = mail.headers;
    item.extended = mail.extended;
    item.attachments = mail.attachments;
    item.raw = mail.raw;
    join_conversation(item);
    return item;
}

void World::join_conversation(Item& item)
{
    const std::uint64_t own = hash64(item.message_id);
    if (const auto known = threads_.find(own); known != threads_.end()) {
        item.conversation = known->second.key;
        item.conversation_index = known->second.index;
        return;
    }
    auto parent = threads_.find(hash64(item.in_reply_to));
    if (item.in_reply_to.empty() || parent == threads_.end())
        parent = threads_.find(hash64(first_reference(item)));
    if (parent != threads_.end() && !first_reference(item).empty()) {
        item.conversation = parent->second.key;
        item.conversation_index = parent->second.index;
        for (int i = 0; i < 5; ++i) // a child block
            item.conversation_index += static_cast<char>(own >> (i * 8));
    } else {
        const std::string_view root = first_reference(item);
        item.conversation = root.empty() ? own : hash64(root);
        item.conversation_index = thread_index(item.conversation, item.sent);
    }
    threads_[own] = {item.conversation, item.conversation_index};
}

Item& World::put(Mailbox& mailbox, Folder& folder, const Mail& mail)
{
    Item item = make_item(mail);
    item.from_me = folder.well_known == "sentitems" || folder.well_known == "drafts";
    item.is_draft = folder.well_known == "drafts";
    if (!item.from_me)
        item.bcc.clear();
    return mailbox.add(folder, std::move(item));
}

std::vector<Placed> World::deliver(const Mail& given)
{
    std::vector<Placed> placed;
    Mail mail = given;
    if (mail.message_id.empty())
        mail.message_id = new_message_id();
    Mailbox* const from = mail.from ? by_address(mail.from->address) : nullptr;
    const Item original = make_item(mail);
    if (from) {
        Item own = original;
        own.is_read = true;
        own.from_me = true;
        placed.push_back({from, &from->add(*from->well_known("sentitems"), std::move(own))});
    }
    for (const auto& one :
         deliver_received(mail, original.conversation, original.conversation_index))
        placed.push_back(one);
    return placed;
}

std::vector<Placed> World::deliver_received(const Mail& mail, std::uint64_t conversation,
                                            const std::string& conversation_index)
{
    std::vector<Placed> placed;
    Item original = make_item(mail);
    original.bcc.clear();
    original.conversation = conversation;
    original.conversation_index = conversation_index;
    for (const auto* const list : {&mail.to, &mail.cc, &mail.bcc})
        for (const Address& address : *list) {
            Mailbox* const mailbox = by_address(address.address);
            const bool again = std::any_of(placed.begin(), placed.end(),
                                           [&](const Placed& p) { return p.mailbox == mailbox; });
            if (!mailbox || again)
                continue;
            placed.push_back({mailbox, &mailbox->add(*mailbox->well_known("inbox"), original)});
        }
    return placed;
}

Mail World::mail_of(const Item& item) const
{
    Mail mail;
    mail.from = item.from;
    mail.sender = item.sender;
    mail.to = item.to;
    mail.cc = item.cc;
    mail.bcc = item.bcc;
    mail.reply_to = item.reply_to;
    mail.subject = item.subject;
    mail.body = item.body.view();
    mail.html = item.body.html;
    mail.headers = item.headers;
    mail.attachments = item.attachments;
    mail.message_id = item.message_id;
    mail.in_reply_to = item.in_reply_to;
    mail.references = item.references;
    mail.sent = item.sent;
    mail.importance = item.importance;
    mail.sensitivity = item.sensitivity;
    mail.raw = item.raw;
    return mail;
}

} // namespace crmsync::sim
