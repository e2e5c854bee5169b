#include "base/text.hpp"
#include "simulator/mailbox.hpp"

#include <vector>

namespace crmsync::sim {

Folder* Mailbox::folder(std::uint32_t serial)
{
    const auto found = folders_.find(serial);
    return found == folders_.end() ? nullptr : &found->second;
}

Folder* Mailbox::well_known(std::string_view name)
{
    for (auto& [serial, folder] : folders_)
        if (!folder.well_known.empty() && same_folded(folder.well_known, name))
            return &folder;
    return nullptr;
}

Folder* Mailbox::child(const Folder& parent, std::string_view display_name)
{
    for (auto& [serial, folder] : folders_)
        if (folder.parent == parent.serial && same_folded(folder.display_name, display_name))
            return &folder;
    return nullptr;
}

Folder* Mailbox::find_folder(std::string_view text)
{
    std::uint32_t serial = 0;
    if (ids_.read_folder(text, serial) == IdForms::Reading::own)
        return folder(serial);
    if (Folder* const known = well_known(text))
        return known;
    Folder* at = folder(root_serial);
    for (const std::string_view name : split(text, '/')) {
        if (!at)
            return nullptr;
        Folder* const next = child(*at, name);
        at = next || at->serial != root_serial ? next : well_known(name);
    }
    return at;
}

Folder& Mailbox::make_folder(std::uint32_t parent, std::string display_name)
{
    const std::uint32_t serial = next_folder_++;
    Folder& made = folders_[serial];
    made.serial = serial;
    made.parent = parent;
    made.id = ids_.folder(serial);
    made.display_name = std::move(display_name);
    return made;
}

void Mailbox::note_folder(Folder& changed, bool removed)
{
    changed.change = ++change_;
    if (changed.arrived == 0)
        changed.arrived = changed.change;
    folder_log_.add({changed.change, changed.serial, changed.arrived, 0, removed},
                    [this](const ChangeLog::Entry& e) {
                        const Folder* const found = folder(static_cast<std::uint32_t>(e.item));
                        return found && found->change == e.change;
                    });
}

Folder& Mailbox::create_folder(Folder& parent, std::string display_name)
{
    Folder& made = make_folder(parent.serial, std::move(display_name));
    made.outside = parent.outside;
    note_folder(made, false);
    return made;
}

void Mailbox::rename_folder(Folder& folder, std::string display_name)
{
    folder.display_name = std::move(display_name);
    note_folder(folder, false);
}

void Mailbox::move_folder(Folder& folder, Folder& parent)
{
    folder.parent = parent.serial;
    note_folder(folder, false);
}

void Mailbox::delete_folder(Folder& doomed)
{
    const std::uint32_t serial = doomed.serial;
    std::vector<std::uint32_t> below;
    for (const auto& [other, folder] : folders_)
        if (folder.parent == serial)
            below.push_back(other);
    for (const std::uint32_t other : below)
        delete_folder(folders_.at(other));
    // The messages go with their folder: no removal is ever reported for them (G-101).
    std::vector<Item*> gone;
    for (const auto& [number, item] : items_)
        if (item->folder == serial)
            gone.push_back(item.get());
    for (Item* const item : gone)
        forget(*item);
    note_folder(doomed, true);
    folders_.erase(serial);
}

} // namespace crmsync::sim
