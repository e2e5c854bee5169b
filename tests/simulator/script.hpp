#pragma once

#include "simulator/graph.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

/// A message a script can point at: the mailbox's id and the item's immutable id.
struct ItemRef {
    std::string mailbox;
    std::string id;
};

struct Seed {
    std::vector<std::string> mailboxes; ///< each message goes to one of them, in turn
    std::string folder = "inbox";
    std::size_t count = 0;
    std::size_t body_size = 4096;
    std::size_t recipients = 2;
    double tagged = 0; ///< fraction that carries `category`
    std::string category = "CRM Track";
    std::size_t copies = 1; ///< mailboxes that have each message, under one message id
    std::string domain = "customer.example";
    std::chrono::seconds apart{60}; ///< between the dates of two messages, back from now
};

/// What people, rules and administrators do, as plain calls: the script face over HTTP is the same
/// by name. Items are named by either form of id, folders by id, well-known name or path of names.
/// A thing that does not exist throws std::invalid_argument.
class Script {
public:
    Script(World& world, Graph& graph) : world_(world), graph_(graph) {}

    World& world() { return world_; }
    Graph& graph() { return graph_; }

    Mailbox& create_mailbox(MailboxSpec spec) { return world_.add_mailbox(std::move(spec)); }
    Mailbox& mailbox(std::string_view id_or_upn);
    Item& item(std::string_view mailbox, std::string_view id);
    Folder& folder(std::string_view mailbox, std::string_view name);

    std::vector<ItemRef> deliver(const Mail& mail);
    ItemRef put(std::string_view mailbox, std::string_view folder, const Mail& mail);
    ItemRef draft(std::string_view mailbox, const Mail& mail);
    std::vector<ItemRef> send(std::string_view mailbox, std::string_view id);
    /// Written in the mailbox of `from`, as an answer to a message there; to its sender.
    std::vector<ItemRef> answer(std::string_view mailbox, std::string_view id, Mail mail = {});
    std::vector<ItemRef> forward(std::string_view mailbox, std::string_view id,
                                 std::vector<Address> to, Mail mail = {});

    void set_categories(std::string_view mailbox, std::string_view id,
                        std::vector<std::string> categories);
    void tag(std::string_view mailbox, std::string_view id, std::string_view category);
    void untag(std::string_view mailbox, std::string_view id, std::string_view category);
    void mark_read(std::string_view mailbox, std::string_view id, bool is_read = true);
    void move(std::string_view mailbox, std::string_view id, std::string_view folder);
    /// Everything that lies in one folder, into another.
    void move_all(std::string_view mailbox, std::string_view from, std::string_view to);
    ItemRef copy(std::string_view mailbox, std::string_view id, std::string_view folder);
    /// To Deleted Items; from there out of sight, and then for good. `permanent`: for good at once.
    void remove(std::string_view mailbox, std::string_view id, bool permanent = false);

    Folder& create_folder(std::string_view mailbox, std::string_view parent, std::string name);
    void rename_folder(std::string_view mailbox, std::string_view folder, std::string name);
    void move_folder(std::string_view mailbox, std::string_view folder, std::string_view parent);
    void delete_folder(std::string_view mailbox, std::string_view folder);
    /// All folders of the mailbox, or one; the folder tree's cursor with all.
    void expire_cursors(std::string_view mailbox, std::string_view folder = {});

    void seed(const Seed& seed);

    /// Faults and held answers.
    void fail(Fault fault) { graph_.faults.add(std::move(fault)); }
    void throttle_next(int count, std::optional<std::string> retry_after, std::string path = {});
    void release();
    void on_release(std::function<void()> hook) { release_ = std::move(hook); }
    void held(int change) { held_ += change; }
    int held() const { return held_; }

    /// The mailbox as JSON: folders, items with subject, categories, folder, state.
    std::string dump(std::string_view mailbox);

private:
    ItemRef ref(Mailbox& mailbox, const Item& item) const;
    std::vector<ItemRef> refs(const std::vector<Placed>& placed) const;

    World& world_;
    Graph& graph_;
    std::function<void()> release_;
    int held_ = 0;
};

} // namespace crmsync::sim
