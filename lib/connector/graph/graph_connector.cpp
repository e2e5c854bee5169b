#include "connector/graph/graph_connector.hpp"

#include "connector/graph/graph_metrics.hpp"
#include "connector/graph/graph_purposes.hpp"
#include "net/http_status.hpp"
#include "net/url.hpp"

#include <algorithm>
#include <array>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr std::string_view large_page = "odata.maxpagesize=500";
/// Twenty folders answer at once here; more rows would only make one large answer of many pages.
constexpr std::string_view batched_page = "odata.maxpagesize=100";
constexpr std::string_view small_page = "odata.maxpagesize=25";

constexpr int most_folder_pages = 2'000;

constexpr std::array well_known_names{WellKnown::inbox,      WellKnown::drafts,
                                      WellKnown::sent_items, WellKnown::deleted_items,
                                      WellKnown::junk_email, WellKnown::archive,
                                      WellKnown::outbox,     WellKnown::conversation_history};

/// A folder that is not there any more is read again from nothing as well, and shows as removed
/// in the folder tree.
bool ends_the_cursor(const GraphError& error)
{
    return error.finding == Finding::cursor_expired || error.finding == Finding::gone;
}

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

bool is_mailbox_wide(const GraphError& error)
{
    return error.finding == Finding::throttled || error.finding == Finding::token ||
           error.reaction == Reaction::reauthorise || error.reaction == Reaction::stop;
}

GraphConnector::GraphConnector(net::HttpClient& http, net::OAuthToken& token, Clock& clock,
                               Metrics& metrics, std::string graph_url, MailboxId mailbox,
                               std::string address)
    : calls_(http, token, clock, metrics, Urls(std::move(graph_url), address), address),
      clock_(clock), mailbox_(mailbox)
{}

void GraphConnector::give_up(const GraphError& error, const PartAnswer& answer) const
{
    throw failure_of(error, calls_.mailbox(), net::retry_after(answer.headers, clock_.now()));
}

Part GraphConnector::get_part(std::string path, std::string_view further_preference) const
{
    Part part;
    part.path = std::move(path);
    part.headers = {{"Prefer", Calls::preferences(further_preference)}};
    return part;
}

// -- folders -----------------------------------------------------------------------------------

asio::awaitable<void> GraphConnector::learn_well_known_folders()
{
    if (well_known_)
        co_return;
    std::vector<Part> parts;
    for (const WellKnown name : well_known_names)
        parts.push_back(get_part(calls_.urls().well_known_folder(name)));
    std::map<FolderId, WellKnown> found;
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        if (answer.success()) {
            if (const auto id = text_at(answer.body(), "id"))
                found.emplace(FolderId(std::string(*id)), well_known_names[index]);
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::well_known);
        if (error.finding != Finding::gone) // not every mailbox has an archive
            give_up(error, answer);
    };
    co_await calls_.batch(std::move(parts), purpose::well_known, Bodies::kept, std::move(use));
    well_known_ = std::move(found);
}

asio::awaitable<std::optional<FolderPage>> GraphConnector::folder_page(std::string url)
{
    net::Request request = Calls::request(net::Method::get, std::move(url), large_page);
    const net::Response response = co_await calls_.send(std::move(request), purpose::folders);
    if (response.status >= 200 && response.status < 300)
        co_return read_folder_page(parse_document(response.body)->root(), calls_.urls());
    const GraphError error = classify(response, purpose::folders);
    if (error.finding == Finding::cursor_expired)
        co_return std::nullopt;
    throw failure_of(error, calls_.mailbox());
}

asio::awaitable<std::variant<FolderChanges, CursorExpired>>
GraphConnector::folders_since(Cursor cursor)
{
    FolderRound round;
    std::string url = cursor.value.empty() ? calls_.urls().url(calls_.urls().folder_delta())
                                           : std::move(cursor.value);
    for (int i = 0; i < most_folder_pages; ++i) {
        refuse_foreign(url, calls_.urls());
        std::optional<FolderPage> page = co_await folder_page(url);
        if (!page)
            co_return CursorExpired{};
        add_rows(round, std::move(page->rows));
        url = std::move(page->link);
        if (!page->last)
            continue;
        FolderChanges changes = changes_of(std::move(round));
        changes.next = Cursor(std::move(url));
        if (!changes.present.empty())
            co_await learn_well_known_folders();
        for (Folder& folder : changes.present)
            if (const auto at = well_known_->find(folder.id); at != well_known_->end())
                folder.well_known = at->second;
        co_return changes;
    }
    throw Failure(Reaction::retry, "graph.endless_pages",
                  calls_.mailbox() + ": the folder tree does not come to an end");
}

// -- changes of folders ------------------------------------------------------------------------

std::string GraphConnector::link_of(const FolderCursor& folder) const
{
    return folder.cursor.value.empty()
               ? calls_.urls().url(calls_.urls().message_delta(folder.folder))
               : folder.cursor.value;
}

GraphConnector::PageAnswer GraphConnector::page_in(const FolderCursor& folder,
                                                   const boost::json::value& answer)
{
    Page page = read_page(answer, mailbox_, calls_.urls());
    if (page.last)
        small_pages_.erase(folder.folder);
    const auto unreadable =
        std::count_if(page.changes.begin(), page.changes.end(),
                      [](const Change& c) { return c.item && !c.item->unreadable.empty(); });
    calls_.metrics().add(metric::rows, static_cast<double>(page.changes.size()));
    if (unreadable > 0)
        calls_.metrics().add(metric::unreadable_rows, static_cast<double>(unreadable));
    return page;
}

asio::awaitable<GraphConnector::PageAnswer> GraphConnector::one_page(FolderCursor folder)
{
    const std::string link = link_of(folder);
    const std::array sizes{small_pages_.contains(folder.folder), true};
    for (const bool small : sizes) {
        net::Request request =
            Calls::request(net::Method::get, link, small ? small_page : large_page);
        // A large page that fails is asked for smaller at once, a small one a few times (G-54).
        const int server_errors = small ? 2 : 0;
        const net::Response response =
            co_await calls_.send(std::move(request), purpose::changes, server_errors);
        if (response.status >= 200 && response.status < 300) {
            const DocumentPtr document = parse_document(response.body);
            co_return page_in(folder, document->root());
        }
        const GraphError error = classify(response, purpose::changes);
        if (ends_the_cursor(error))
            co_return CursorExpired{};
        if (small || error.finding != Finding::failed || !error.transient() ||
            response.status == 507)
            throw failure_of(error, calls_.mailbox());
        small_pages_.insert(folder.folder);
    }
    throw Failure(Reaction::retry, "graph.unavailable",
                  calls_.mailbox() + ": Graph makes no page of a folder, not even a small one");
}

asio::awaitable<void>
GraphConnector::pages_in_a_batch(const std::vector<FolderCursor>& folders,
                                 const std::vector<std::size_t>& which,
                                 std::vector<std::optional<PageAnswer>>& answers)
{
    std::vector<Part> parts;
    for (const std::size_t index : which)
        parts.push_back(get_part(*calls_.urls().path_of(link_of(folders[index])), batched_page));
    Calls::Use use = [&](std::size_t part, const PartAnswer& answer) {
        const std::size_t index = which[part];
        if (answer.success()) {
            answers[index] = page_in(folders[index], answer.body());
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::changes);
        if (ends_the_cursor(error))
            answers[index] = CursorExpired{};
        else if (is_mailbox_wide(error) || !error.transient())
            give_up(error, answer);
        // What is left without an answer is asked for by itself, in small pages.
        else
            small_pages_.insert(folders[index].folder);
    };
    co_await calls_.batch(std::move(parts), purpose::changes, Bodies::kept, std::move(use));
}

asio::awaitable<std::vector<std::variant<Page, CursorExpired>>>
GraphConnector::changes_since(std::vector<FolderCursor> folders)
{
    std::vector<std::optional<PageAnswer>> answers(folders.size());
    std::vector<std::size_t> batched;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        const std::string link = link_of(folders[i]);
        refuse_foreign(link, calls_.urls());
        if (!small_pages_.contains(folders[i].folder) && calls_.urls().path_of(link))
            batched.push_back(i);
    }
    if (batched.size() > 1)
        co_await pages_in_a_batch(folders, batched, answers);

    std::vector<PageAnswer> pages;
    pages.reserve(folders.size());
    for (std::size_t i = 0; i < folders.size(); ++i) {
        if (!answers[i])
            answers[i] = co_await one_page(folders[i]);
        pages.push_back(std::move(*answers[i]));
    }
    co_return pages;
}

} // namespace crmsync::graph
