#pragma once

#include "base/clock.hpp"
#include "simulator/change_log.hpp"
#include "simulator/ids.hpp"
#include "simulator/item.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crmsync::sim {

struct Folder {
    std::uint32_t serial = 0;
    std::uint32_t parent = 0;
    std::string id;
    std::string display_name;
    std::string well_known;
    bool hidden = false;
    bool outside = false; ///< not below the root that clients list
    std::uint64_t change = 0, arrived = 0;
    std::uint32_t total = 0, unread = 0;
    std::uint32_t epoch = 0; ///< cursors of an older epoch have expired
    ChangeLog log;
    /// Items that were here once: when their latest stay began and ended.
    std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> left;
    std::map<std::string, std::string> extended; ///< by canonical id of the property
};

struct Category {
    std::string id, display_name, color;
};

/// How a mailbox answers that is none, or none that may be reached (BEHAVIOUR section 4).
enum class Absence {
    none,
    not_enabled,    ///< no licence, soft-deleted, guest: MailboxNotEnabledForRESTAPI
    not_supported,  ///< the same code with its older text
    not_discovered, ///< the same mailbox at another hour: ResourceNotFound
    empty_answer,   ///< not migrated yet: 404 without a body
    no_inbox,
    denied,          ///< outside of the application's scope: 403
    denied_by_policy ///< the same by the older kind of policy
};

struct MailboxSpec {
    std::string upn;
    std::string display_name; ///< empty: made from the address
    std::string id;           ///< empty: made from the address
    std::string language = "en-US";
    std::vector<std::string> aliases;
    Absence absence = Absence::none;
};

/// One mailbox: its folder tree, its items, what changed when.
class Mailbox {
public:
    Mailbox(Clock& clock, MailboxSpec spec);

    const std::string& id() const { return spec_.id; }
    const MailboxSpec& spec() const { return spec_; }
    void rename(std::string upn) { spec_.upn = std::move(upn); }
    void set_absence(Absence absence) { spec_.absence = absence; }
    bool receives(std::string_view address) const;
    const IdForms& ids() const { return ids_; }
    Clock& clock() const { return clock_; }
    /// The number of the latest change.
    std::uint64_t change() const { return change_; }

    const Folder& root() const { return folders_.at(root_serial); }
    const std::map<std::uint32_t, Folder>& folders() const { return folders_; }
    const ChangeLog& folder_log() const { return folder_log_; }
    Folder* folder(std::uint32_t serial);
    Folder* well_known(std::string_view name);
    /// By id, well-known name or, for scripts, a path of display names: "Inbox/Projects".
    Folder* find_folder(std::string_view text);
    Folder* child(const Folder& parent, std::string_view display_name);
    Folder& create_folder(Folder& parent, std::string display_name);
    void rename_folder(Folder& folder, std::string display_name);
    void move_folder(Folder& folder, Folder& parent);
    void delete_folder(Folder& doomed);
    void expire_cursors(Folder& folder) { ++folder.epoch; }

    /// Ids of both forms; one of the default form only while the item is where it was then.
    Item* find_item(std::string_view id);
    Item* item(std::uint64_t serial);
    const std::unordered_map<std::uint64_t, std::unique_ptr<Item>>& items() const { return items_; }
    std::vector<Item*> with_message_id(std::string_view message_id);
    std::string immutable_id(const Item& item) const;
    std::string default_id(const Item& item) const;

    /// Puts a new item into a folder; serial, change and stay are given here.
    Item& add(Folder& folder, Item made);
    /// Notes that `properties` (bits of graph_properties.hpp) were changed just now.
    void touch(Item& item, std::uint64_t properties, bool bump_modified = true);
    void set_read(Item& item, bool is_read);
    void move(Item& item, Folder& to);
    Item& copy(const Item& item, Folder& to);
    void erase(Item& item);
    std::uint32_t next_attachment() { return ++attachment_; }

    std::vector<Category>& categories() { return categories_; }

private:
    static constexpr std::uint32_t root_serial = 1;

    Folder& make_folder(std::uint32_t parent, std::string display_name);
    void note_folder(Folder& changed, bool removed);
    void note(Folder& folder, const ChangeLog::Entry& entry);
    void arrive(Item& item, Folder& folder);
    void leave(Item& item);
    void forget(Item& item);

    Clock& clock_;
    MailboxSpec spec_;
    IdForms ids_;
    std::uint64_t change_ = 1;
    std::uint64_t next_item_ = 1;
    std::uint32_t next_folder_ = root_serial;
    std::uint32_t attachment_ = 0;
    std::map<std::uint32_t, Folder> folders_;
    ChangeLog folder_log_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Item>> items_;
    std::unordered_multimap<std::uint64_t, std::uint64_t> by_message_id_;
    std::vector<Category> categories_;
};

} // namespace crmsync::sim
