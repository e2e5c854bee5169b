#include "base/log.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr std::string_view tree_page = "odata.maxpagesize=500";
constexpr int most_folder_pages = 2'000;

constexpr std::array well_known_names{WellKnown::inbox,      WellKnown::drafts,
                                      WellKnown::sent_items, WellKnown::deleted_items,
                                      WellKnown::junk_email, WellKnown::archive,
                                      WellKnown::outbox,     WellKnown::conversation_history};

std::size_t hash_of(const FolderId& id) { return std::hash<std::string>{}(id.value); }

/// What a round over the folder tree said of each folder last; nothing: that it was removed.
using FolderRound = std::map<FolderId, std::optional<Folder>>;

/// Of several rows of one folder the later counts, and what it leaves unsaid is as it was (G-62,
/// G-64).
void add_rows(FolderRound& round, std::vector<FolderRow> rows)
{
    for (FolderRow& row : rows) {
        std::optional<Folder>& last = round[row.id];
        if (row.folder && last) {
            if (row.folder->name.empty())
                row.folder->name = std::move(last->name);
            if (!row.folder->parent)
                row.folder->parent = std::move(last->parent);
        }
        last = std::move(row.folder);
    }
}

FolderChanges changes_of(FolderRound round)
{
    FolderChanges changes;
    for (auto& [id, folder] : round) {
        if (folder)
            changes.present.push_back(std::move(*folder));
        else
            changes.removed.push_back(id);
    }
    return changes;
}

} // namespace

asio::awaitable<void> GraphConnector::learn_well_known_folders()
{
    std::vector<Part> parts;
    for (const WellKnown name : well_known_names)
        parts.push_back(get_part(calls_.urls().well_known_folder(name)));
    std::map<FolderId, WellKnown> found;
    WellKnown others = WellKnown::none;
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        const WellKnown name = well_known_names[index];
        if (answer.success()) {
            if (const auto id = text_at(answer.body(), "id"))
                found.emplace(FolderId(std::string(*id)), name);
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::well_known);
        if (error.finding == Finding::gone) // not every mailbox has an archive
            return;
        // One folder's trouble is its own; what is denied of Inbox is denied of the mailbox.
        if (error.transient() || (denies_the_mailbox(error) && name == WellKnown::inbox))
            give_up(error, answer);
        others = WellKnown::unknown;
        if (others_ != WellKnown::unknown)
            log::warn(log::Area::graph, "Graph refuses to say which folder is a well-known one",
                      {{"mailbox", mailbox_.value},
                       {"folder", to_string(name)},
                       {"failure", error.name}});
    };
    co_await calls_.batch(std::move(parts), purpose::well_known, Bodies::kept, std::move(use));
    well_known_ = std::move(found);
    others_ = others;
}

asio::awaitable<std::optional<FolderPage>> GraphConnector::folder_page(std::string url, bool stored)
{
    net::Request request = Calls::request(net::Method::get, std::move(url), tree_page);
    const net::Response response = co_await calls_.send(std::move(request), purpose::folders);
    if (response.status >= 200 && response.status < 300)
        co_return read_folder_page(parse_document(response.body)->root(), calls_.urls());
    const GraphError error = classify(response, purpose::folders);
    // Whether it is the mailbox or the link shows when the tree is asked for from its beginning.
    if (error.finding == Finding::cursor_expired ||
        (stored && (refuses_the_link(error, response.status) || denies_the_mailbox(error))))
        co_return std::nullopt;
    throw failure_of(error, calls_.mailbox());
}

asio::awaitable<std::variant<FolderChanges, CursorExpired>>
GraphConnector::folders_since(Cursor cursor)
{
    FolderRound round;
    const bool stored = !cursor.value.empty();
    std::string url = cursor.value.empty() ? calls_.urls().url(calls_.urls().folder_delta())
                                           : std::move(cursor.value);
    for (int i = 0; i < most_folder_pages; ++i) {
        refuse_foreign(url, calls_.urls());
        std::optional<FolderPage> page = co_await folder_page(url, stored);
        if (!page)
            co_return CursorExpired{};
        add_rows(round, std::move(page->rows));
        url = std::move(page->link);
        if (!page->last)
            continue;
        FolderChanges changes = changes_of(std::move(round));
        changes.next = Cursor(std::move(url));
        const bool any_new =
            std::any_of(changes.present.begin(), changes.present.end(), [&](const Folder& folder) {
                return !seen_folders_.contains(hash_of(folder.id));
            });
        if (any_new || others_ == WellKnown::unknown)
            co_await learn_well_known_folders();
        for (Folder& folder : changes.present) {
            seen_folders_.insert(hash_of(folder.id));
            const auto at = well_known_.find(folder.id);
            folder.well_known = at == well_known_.end() ? others_ : at->second;
        }
        co_return changes;
    }
    throw Failure(Reaction::retry, "graph.endless_pages",
                  calls_.mailbox() + ": the folder tree does not come to an end");
}

} // namespace crmsync::graph
