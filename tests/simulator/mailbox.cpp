#include "simulator/mailbox.hpp"

#include "base/text.hpp"
#include "simulator/folder_names.hpp"

#include <algorithm>
#include <stdexcept>

namespace crmsync::sim {

namespace {

std::string name_from(std::string_view address)
{
    std::string name{address.substr(0, address.find('@'))};
    bool start = true;
    for (char& c : name) {
        if (c == '.' || c == '_')
            c = ' ';
        else if (start && c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
        start = c == ' ';
    }
    return name;
}

MailboxSpec completed(MailboxSpec spec)
{
    if (spec.id.empty())
        spec.id = guid_of(spec.upn);
    if (spec.display_name.empty())
        spec.display_name = name_from(spec.upn);
    return spec;
}

} // namespace

Mailbox::Mailbox(Clock& clock, MailboxSpec spec)
    : clock_(clock), spec_(completed(std::move(spec))), ids_(spec_.id)
{
    Folder& root = make_folder(0, "Top of Information Store");
    root.well_known = "msgfolderroot";
    for (const DefaultFolder& known : default_folders()) {
        Folder& made = make_folder(known.outside ? 0 : root_serial,
                                   std::string(localised(known, spec_.language)));
        made.well_known = known.well_known;
        made.hidden = known.hidden;
        made.outside = known.outside;
        note_folder(made, false);
    }
    for (const DefaultCategory& known : default_categories()) {
        const auto name = std::string(localised(known, spec_.language));
        categories_.push_back({guid_of(spec_.id + name), name, std::string(known.color)});
    }
}

bool Mailbox::receives(std::string_view address) const
{
    return same_folded(address, spec_.upn) ||
           std::any_of(spec_.aliases.begin(), spec_.aliases.end(),
                       [&](const std::string& alias) { return same_folded(address, alias); });
}

Item* Mailbox::item(std::uint64_t serial)
{
    const auto found = items_.find(serial);
    return found == items_.end() ? nullptr : found->second.get();
}

Item* Mailbox::find_item(std::string_view id)
{
    ItemId read;
    if (ids_.read_item(id, read) != IdForms::Reading::own)
        return nullptr;
    Item* const found = item(read.serial);
    if (found && !read.immutable && found->placement != read.placement)
        return nullptr;
    return found;
}

std::vector<Item*> Mailbox::with_message_id(std::string_view message_id)
{
    std::vector<Item*> found;
    const auto [first, last] = by_message_id_.equal_range(hash64(message_id));
    for (auto at = first; at != last; ++at)
        if (Item* const one = item(at->second); one && one->message_id == message_id)
            found.push_back(one);
    std::sort(found.begin(), found.end(),
              [](const Item* a, const Item* b) { return a->serial < b->serial; });
    return found;
}

std::string Mailbox::immutable_id(const Item& item) const
{
    std::string id;
    ids_.append_immutable(id, item.serial);
    return id;
}

std::string Mailbox::default_id(const Item& item) const
{
    std::string id;
    ids_.append_default(id, item.serial, item.folder, item.placement);
    return id;
}

Item& Mailbox::add(Folder& folder, Item made)
{
    made.serial = next_item_++;
    for (Attachment& attachment : made.attachments)
        attachment.number = next_attachment();
    auto& place = items_[made.serial];
    place = std::make_unique<Item>(std::move(made));
    by_message_id_.emplace(hash64(place->message_id), place->serial);
    arrive(*place, folder);
    return *place;
}

void Mailbox::note(Folder& folder, const ChangeLog::Entry& entry)
{
    folder.log.add(entry, [&](const ChangeLog::Entry& e) {
        const Item* const found = item(e.item);
        return found && found->folder == folder.serial && found->change == e.change;
    });
}

void Mailbox::arrive(Item& item, Folder& folder)
{
    item.folder = folder.serial;
    item.change = item.arrived = ++change_;
    ++item.placement;
    item.earlier_arrived = item.earlier_left = 0;
    if (const auto before = folder.left.find(item.serial); before != folder.left.end()) {
        item.earlier_arrived = before->second.first;
        item.earlier_left = before->second.second;
    }
    ++folder.total;
    folder.unread += item.is_read ? 0 : 1;
    note(folder, {item.change, item.serial, item.arrived, item.placement, false});
}

void Mailbox::leave(Item& item)
{
    Folder& from = folders_.at(item.folder);
    const std::uint64_t at = ++change_;
    --from.total;
    from.unread -= item.is_read ? 0 : 1;
    from.left[item.serial] = {item.arrived, at};
    item.change = at; // its living entry becomes stale
    note(from, {at, item.serial, item.arrived, item.placement, true});
}

void Mailbox::touch(Item& item, std::uint64_t properties, bool bump_modified)
{
    item.change = ++change_;
    if (bump_modified)
        item.modified = std::max(clock_.now(), item.modified);
    item.history.emplace_back(item.change, properties);
    if (item.history.size() > 8)
        item.history.erase(item.history.begin());
    note(folders_.at(item.folder), {item.change, item.serial, item.arrived, item.placement, false});
}

void Mailbox::set_read(Item& item, bool is_read)
{
    Folder& folder = folders_.at(item.folder);
    if (item.is_read != is_read)
        folder.unread += is_read ? -1u : 1u;
    item.is_read = is_read;
}

void Mailbox::move(Item& item, Folder& to)
{
    leave(item);
    arrive(item, to);
}

Item& Mailbox::copy(const Item& item, Folder& to)
{
    Item twin = item;
    twin.history.clear();
    twin.created = twin.modified = clock_.now();
    return add(to, std::move(twin));
}

void Mailbox::forget(Item& item)
{
    const auto [first, last] = by_message_id_.equal_range(hash64(item.message_id));
    for (auto at = first; at != last; ++at)
        if (at->second == item.serial) {
            by_message_id_.erase(at);
            break;
        }
    items_.erase(item.serial);
}

void Mailbox::erase(Item& item)
{
    leave(item);
    forget(item);
}

} // namespace crmsync::sim
