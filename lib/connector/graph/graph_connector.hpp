#pragma once

#include "connector/connector.hpp"
#include "connector/graph/graph_calls.hpp"
#include "connector/graph/graph_delta.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace crmsync::graph {

/// One mailbox at Microsoft Graph, or at something that behaves like it.
///
/// Start reading at changes_since. What each call asks for is in Urls, what answers mean in
/// graph_message and graph_error, when and how often in Calls.
class GraphConnector final : public Connector {
public:
    /// \param graph_url the provider's host root; "/v1.0" is appended
    /// \param address of the mailbox, or its object id
    GraphConnector(net::HttpClient& http, net::OAuthToken& token, Clock& clock, Metrics& metrics,
                   std::string graph_url, MailboxId mailbox, std::string address);

    int query_version() const override { return phase1_query_version; }
    Timestamp by_providers_clock(Timestamp at) const override { return at + calls_.ahead(); }

    boost::asio::awaitable<std::variant<FolderChanges, CursorExpired>>
    folders_since(Cursor cursor) override;
    boost::asio::awaitable<std::vector<PageAnswer>>
    changes_since(std::vector<FolderCursor> folders) override;

    boost::asio::awaitable<std::optional<ChangedItems>> changed_items(Timestamp since) override;
    boost::asio::awaitable<std::optional<Page>> items_with_category(CategorySearch search,
                                                                    Cursor next) override;
    boost::asio::awaitable<std::vector<std::optional<std::int64_t>>>
    count_items(std::vector<FolderId> folders) override;

    boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_up(std::vector<ItemKey> keys) override;
    boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_at_headers(std::vector<ItemKey> keys) override;
    boost::asio::awaitable<std::vector<Item>> find_message(std::string message_id) override;
    boost::asio::awaitable<std::vector<Item>> find_replies(std::string message_id) override;

    boost::asio::awaitable<std::vector<BodyAnswer>> fetch(std::vector<ItemKey> accepted) override;
    boost::asio::awaitable<std::vector<AttachmentContent>>
    fetch_attachments(std::vector<AttachmentRef> attachments, ContentLimits limits) override;

    boost::asio::awaitable<std::vector<WriteAnswer>>
    write_categories(std::vector<CategoryWrite> writes) override;
    boost::asio::awaitable<std::vector<MasterCategory>> master_categories() override;
    boost::asio::awaitable<void>
    add_master_categories(std::vector<MasterCategory> categories) override;
    boost::asio::awaitable<void> remove_master_categories(std::vector<std::string> names) override;

    boost::asio::awaitable<MarkAnswer> read_mark() override;
    boost::asio::awaitable<std::optional<NotOffered>> leave_mark(std::string mark) override;
    boost::asio::awaitable<AccountAnswer> account(std::string object_id) override;
    boost::asio::awaitable<std::optional<std::string>> language() override;

    boost::asio::awaitable<std::vector<ProbeResult>> probe() override;

private:
    boost::asio::awaitable<void> learn_well_known_folders();
    boost::asio::awaitable<std::optional<FolderPage>> folder_page(std::string url, bool stored);
    std::string link_of(const FolderCursor& folder) const;
    /// The parsed answer of a listing that a mailbox may refuse; nothing where it does, or where it
    /// cannot answer it now.
    boost::asio::awaitable<DocumentPtr> optional_listing(std::string url, Purpose purpose);
    /// Whether a first page was refused for its order: asked without it from then on.
    bool refuses_order(const FolderCursor& folder, int status);
    boost::asio::awaitable<PageAnswer> one_page(FolderCursor folder);
    /// A page of one of the sizes, the largest first. Nothing where a smaller one may do better.
    boost::asio::awaitable<std::optional<PageAnswer>> try_page(const FolderCursor& folder,
                                                               std::size_t size);
    /// `which` folder each of the parts asks for.
    boost::asio::awaitable<void> pages_in_a_batch(const std::vector<FolderCursor>& folders,
                                                  std::vector<Part> parts,
                                                  std::vector<std::size_t> which,
                                                  std::vector<std::optional<PageAnswer>>& answers);
    /// Whether something is to be had of it by an address of our own making.
    boost::asio::awaitable<bool> mailbox_answers();
    PageAnswer page_in(const FolderCursor& folder, const boost::json::value& answer);
    std::optional<PageAnswer> page_unless_unreadable(const FolderCursor& folder,
                                                     const boost::json::value& answer);
    boost::asio::awaitable<std::vector<std::optional<Item>>>
    look(std::vector<ItemKey> keys, bool with_headers, Purpose purpose);
    boost::asio::awaitable<std::vector<Item>> find(std::string filter, Purpose purpose);

    boost::asio::awaitable<std::vector<BodyAnswer>> fetch_whole(const std::vector<ItemKey>& keys,
                                                                std::vector<std::size_t>& again);
    boost::asio::awaitable<void> fetch_in_two(const std::vector<ItemKey>& keys,
                                              const std::vector<std::size_t>& which,
                                              std::vector<BodyAnswer>& answers);
    /// The rest of a list of attachments that comes in pages.
    boost::asio::awaitable<void> read_further(std::string url,
                                              std::vector<AttachmentHead>& attachments);

    boost::asio::awaitable<AttachmentContent> fetch_alone(AttachmentRef attachment,
                                                          ContentLimits limits);
    boost::asio::awaitable<void> fetch_small(const std::vector<AttachmentRef>& attachments,
                                             std::vector<std::size_t> which, ContentLimits limits,
                                             std::vector<AttachmentContent>& contents);

    boost::asio::awaitable<ProbeResult> probe_step(std::string step, net::Request request,
                                                   Purpose purpose, std::set<int> also_passed,
                                                   net::Response& response);

    /// Throws what concerns the mailbox and not one item: no permission, no mailbox, throttled.
    [[noreturn]] void give_up(const GraphError& error, const PartAnswer& answer) const;
    /// Whether the answer says nothing about the item: the mailbox is to be left alone. A server
    /// that is busy (503) without saying for how long may be so because of the item.
    bool asks_to_wait(const GraphError& error, const PartAnswer& answer) const;
    Deferred deferred(const GraphError& error, const PartAnswer& answer) const;
    /// What became of a write of categories.
    WriteAnswer written(const PartAnswer& answer) const;
    Part get_part(std::string path, std::string_view further_preference = {}) const;

    Calls calls_;
    Clock& clock_;
    MailboxId mailbox_;
    bool newest_first_ = true;                  ///< until a folder's first page is refused
    std::optional<Timestamp> tells_changed_at_; ///< not asked for changed items before then
    bool grants_looks_ = false;                 ///< a message was looked up by its id
    bool grants_bodies_ = false;                ///< a body was read, which takes another permission
    std::map<FolderId, WellKnown> well_known_;
    WellKnown others_ = WellKnown::none; ///< unknown while Graph refuses to name a well-known one
    std::set<std::size_t> seen_folders_; ///< by hash: one not among them may be a well-known one
    /// Folders whose large pages Graph fails to make (G-54), and which size is tried instead.
    std::map<FolderId, std::size_t> smaller_pages_;
    /// An empty round's link does what the one before does, and is the younger (G-69, G-71): it is
    /// asked with in its place, though the caller keeps the other one stored.
    struct Renewed {
        Cursor stored;
        Cursor newest;
    };
    std::map<FolderId, Renewed> renewed_;
};

/// Whether an error concerns the mailbox as a whole, so that the other items would meet it too.
bool is_mailbox_wide(const GraphError& error);
/// A refusal of one message where others of the mailbox are granted: no missing permission.
bool is_its_own(const GraphError& error, bool others_granted);

/// Whether the mailbox may not be read, or is not there. Said of a link, it may be the link that
/// leads to another mailbox.
bool denies_the_mailbox(const GraphError& error);

/// Whether a link that was kept is of no use any more: besides the codes that say so, any refusal
/// for good ("40X-series", G-70).
bool refuses_the_link(const GraphError& error, int status);

/// Whether nothing more can be read of the mailbox for now: as above, or it is full or moving. A
/// 503 may be of the one folder or item that was asked for; where it is of all, the next call says
/// so too.
bool stops_reading(const GraphError& error);

} // namespace crmsync::graph
