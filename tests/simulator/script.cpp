#include "simulator/script.hpp"

#include "simulator/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace crmsync::sim {

Mailbox& Script::mailbox(std::string_view id_or_upn)
{
    if (Mailbox* const found = world_.find(id_or_upn))
        return *found;
    throw std::invalid_argument(fmt::format("no mailbox '{}'", id_or_upn));
}

Item& Script::item(std::string_view box, std::string_view id)
{
    if (Item* const found = mailbox(box).find_item(id))
        return *found;
    throw std::invalid_argument(fmt::format("no item '{}' in '{}'", id, box));
}

Folder& Script::folder(std::string_view box, std::string_view name)
{
    if (Folder* const found = mailbox(box).find_folder(name))
        return *found;
    throw std::invalid_argument(fmt::format("no folder '{}' in '{}'", name, box));
}

ItemRef Script::ref(Mailbox& box, const Item& item) const
{
    return {box.id(), box.immutable_id(item)};
}

std::vector<ItemRef> Script::refs(const std::vector<Placed>& placed) const
{
    std::vector<ItemRef> made;
    for (const Placed& one : placed)
        made.push_back(ref(*one.mailbox, *one.item));
    return made;
}

std::vector<ItemRef> Script::deliver(const Mail& mail) { return refs(world_.deliver(mail)); }

ItemRef Script::put(std::string_view box, std::string_view folder, const Mail& mail)
{
    Folder& to = this->folder(box, folder);
    return ref(mailbox(box), world_.put(mailbox(box), to, mail));
}

ItemRef Script::draft(std::string_view box, const Mail& mail)
{
    Mail own = mail;
    own.is_read = true;
    const MailboxSpec& spec = mailbox(box).spec();
    if (!own.from)
        own.from = Address{spec.display_name, spec.upn};
    return put(box, "drafts", own);
}

std::vector<ItemRef> Script::send(std::string_view box, std::string_view id)
{
    Mailbox& from = mailbox(box);
    Item& draft = item(box, id);
    draft.is_draft = false;
    draft.from_me = true;
    draft.sent = draft.received = draft.modified = world_.clock().now();
    const Mail mail = world_.mail_of(draft);
    if (graph_.switches.lose_categories_on_send)
        draft.categories.clear();
    Item* sent = &draft;
    if (graph_.switches.new_item_on_send) {
        sent = &from.copy(draft, *from.well_known("sentitems"));
        from.erase(draft);
    } else {
        from.move(draft, *from.well_known("sentitems"));
    }
    std::vector<ItemRef> made{ref(from, *sent)};
    for (const ItemRef& one :
         refs(world_.deliver_received(mail, sent->conversation, sent->conversation_index)))
        made.push_back(one);
    return made;
}

std::vector<ItemRef> Script::answer(std::string_view box, std::string_view id, Mail mail)
{
    const Item& to = item(box, id);
    const MailboxSpec& spec = mailbox(box).spec();
    if (!mail.from)
        mail.from = Address{spec.display_name, spec.upn};
    if (mail.to.empty() && to.from)
        mail.to = to.from_me ? to.to : std::vector{*to.from};
    if (mail.subject.empty())
        mail.subject = to.subject.starts_with("Re: ") ? to.subject : "Re: " + to.subject;
    mail.in_reply_to = to.message_id;
    mail.references = to.references.empty() ? to.message_id : to.references + ' ' + to.message_id;
    return deliver(mail);
}

std::vector<ItemRef> Script::forward(std::string_view box, std::string_view id,
                                     std::vector<Address> to, Mail mail)
{
    const Item& original = item(box, id);
    const MailboxSpec& spec = mailbox(box).spec();
    if (!mail.from)
        mail.from = Address{spec.display_name, spec.upn};
    mail.to = std::move(to);
    if (mail.subject.empty())
        mail.subject = "Fw: " + original.subject;
    if (mail.body.empty())
        mail.body = "<html><body><hr>" + std::string(original.body.view()) + "</body></html>";
    mail.attachments = original.attachments;
    mail.references = original.references.empty() ? original.message_id
                                                  : original.references + ' ' + original.message_id;
    return deliver(mail);
}

void Script::set_categories(std::string_view box, std::string_view id,
                            std::vector<std::string> categories)
{
    Item& changed = item(box, id);
    changed.categories = graph_.spelling(mailbox(box), std::move(categories));
    mailbox(box).touch(changed, p_categories, !graph_.switches.keep_modified_time);
}

void Script::tag(std::string_view box, std::string_view id, std::string_view category)
{
    auto categories = item(box, id).categories;
    if (std::find(categories.begin(), categories.end(), category) == categories.end())
        categories.emplace_back(category);
    set_categories(box, id, std::move(categories));
}

void Script::untag(std::string_view box, std::string_view id, std::string_view category)
{
    auto categories = item(box, id).categories;
    std::erase(categories, category);
    set_categories(box, id, std::move(categories));
}

void Script::mark_read(std::string_view box, std::string_view id, bool is_read)
{
    Item& changed = item(box, id);
    mailbox(box).set_read(changed, is_read);
    mailbox(box).touch(changed, p_is_read);
}

void Script::move(std::string_view box, std::string_view id, std::string_view folder)
{
    Folder& to = this->folder(box, folder);
    mailbox(box).move(item(box, id), to);
}

void Script::move_all(std::string_view box, std::string_view from, std::string_view to)
{
    Mailbox& of = mailbox(box);
    const std::uint32_t source = folder(box, from).serial;
    std::vector<Item*> items;
    for (const auto& [serial, item] : of.items())
        if (item->folder == source)
            items.push_back(item.get());
    for (Item* const item : items)
        of.move(*item, folder(box, to));
}

ItemRef Script::copy(std::string_view box, std::string_view id, std::string_view folder)
{
    Folder& to = this->folder(box, folder);
    return ref(mailbox(box), mailbox(box).copy(item(box, id), to));
}

void Script::remove(std::string_view box, std::string_view id, bool permanent)
{
    Mailbox& from = mailbox(box);
    Item& gone = item(box, id);
    const std::string& where = from.folder(gone.folder)->well_known;
    if (permanent || where == "recoverableitemsdeletions")
        from.erase(gone);
    else
        from.move(gone, *from.well_known(where == "deleteditems" ? "recoverableitemsdeletions"
                                                                 : "deleteditems"));
}

Folder& Script::create_folder(std::string_view box, std::string_view parent, std::string name)
{
    Folder& above = parent.empty() ? folder(box, "msgfolderroot") : folder(box, parent);
    return mailbox(box).create_folder(above, std::move(name));
}

void Script::rename_folder(std::string_view box, std::string_view folder, std::string name)
{
    mailbox(box).rename_folder(this->folder(box, folder), std::move(name));
}

void Script::move_folder(std::string_view box, std::string_view folder, std::string_view parent)
{
    mailbox(box).move_folder(this->folder(box, folder), this->folder(box, parent));
}

void Script::delete_folder(std::string_view box, std::string_view folder)
{
    mailbox(box).delete_folder(this->folder(box, folder));
}

void Script::expire_cursors(std::string_view box, std::string_view folder)
{
    Mailbox& of = mailbox(box);
    if (!folder.empty())
        return of.expire_cursors(this->folder(box, folder));
    for (const auto& [serial, one] : of.folders())
        of.expire_cursors(*of.folder(serial));
}

void Script::throttle_next(int count, std::optional<std::string> retry_after, std::string path)
{
    Fault fault;
    fault.count = count;
    fault.status = 429;
    fault.code = "TooManyRequests";
    fault.message = "Please retry again later.";
    fault.path = std::move(path);
    fault.retry_after = std::move(retry_after);
    graph_.faults.add(std::move(fault));
}

void Script::release()
{
    if (release_)
        release_();
}

} // namespace crmsync::sim
