#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_metrics.hpp"
#include "connector/graph/graph_purposes.hpp"

#include <algorithm>
#include <array>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

/// Where Graph fails to make one, the next is tried.
constexpr std::array page_sizes{std::string_view("odata.maxpagesize=500"),
                                std::string_view("odata.maxpagesize=125"),
                                std::string_view("odata.maxpagesize=25")};
constexpr std::size_t smallest_page = page_sizes.size() - 1;
/// Twenty folders answer at once here; more rows would only make one large answer of many pages.
constexpr std::string_view batched_page = "odata.maxpagesize=100";

/// A folder that is not there any more is read again from nothing as well, and shows as removed
/// in the folder tree.
bool ends_the_cursor(const GraphError& error, int status, const FolderCursor& folder)
{
    if (error.finding == Finding::cursor_expired || error.finding == Finding::gone)
        return true;
    return !folder.cursor.value.empty() && refuses_the_link(error, status);
}

/// What keeps one page from arriving, and says nothing about those of other folders.
bool is_of_one_page(const Failure& failure)
{
    constexpr std::array names{std::string_view("net.deadline"), std::string_view("net.broken"),
                               std::string_view("net.answer_too_large"),
                               std::string_view("graph.unavailable"),
                               std::string_view("graph.unreadable_answer")};
    return std::find(names.begin(), names.end(), failure.name()) != names.end();
}

/// Whether fewer rows at once may be had where many may not (G-52, G-54).
bool smaller_may_do(const GraphError& error)
{
    return error.reaction == Reaction::retry || error.name == "graph.too_large" ||
           error.name == "net.answer_too_large";
}

bool holds_page(const std::optional<PageAnswer>& answer)
{
    return answer && std::holds_alternative<Page>(*answer);
}

} // namespace

std::string GraphConnector::link_of(const FolderCursor& folder) const
{
    if (folder.cursor.value.empty())
        return calls_.urls().url(calls_.urls().message_delta(folder.folder, newest_first_));
    const auto renewed = renewed_.find(folder.folder);
    return renewed != renewed_.end() && renewed->second.stored == folder.cursor
               ? renewed->second.newest.value
               : folder.cursor.value;
}

bool GraphConnector::refuses_order(const FolderCursor& folder, int status)
{
    // A server that does not know the option says so; the service's own answer for one is 400.
    const bool may_be_the_order = status == 400 || status == 501;
    if (!newest_first_ || !folder.cursor.value.empty() || !may_be_the_order)
        return false;
    newest_first_ = false;
    return true;
}

PageAnswer GraphConnector::page_in(const FolderCursor& folder, const boost::json::value& answer)
{
    Page page;
    try {
        page = read_page(answer, mailbox_, calls_.urls());
    } catch (const Failure& failure) {
        if (failure.name() != foreign_link)
            throw;
        return FolderRefused{failure.name(), failure.message()};
    }
    if (page.last)
        smaller_pages_.erase(folder.folder);
    const bool empty_round = page.last && page.changes.empty() && !folder.cursor.value.empty();
    if (empty_round && page.next != folder.cursor)
        renewed_.insert_or_assign(folder.folder, Renewed{folder.cursor, page.next});
    else
        renewed_.erase(folder.folder);
    const auto unreadable =
        std::count_if(page.changes.begin(), page.changes.end(),
                      [](const Change& c) { return c.item && !c.item->unreadable.empty(); });
    calls_.metrics().add(metric::rows, static_cast<double>(page.changes.size()));
    if (unreadable > 0)
        calls_.metrics().add(metric::unreadable_rows, static_cast<double>(unreadable));
    return page;
}

std::optional<PageAnswer> GraphConnector::page_unless_unreadable(const FolderCursor& folder,
                                                                 const boost::json::value& answer)
{
    try {
        return page_in(folder, answer);
    } catch (const Failure& failure) {
        if (!is_of_one_page(failure))
            throw;
        return std::nullopt;
    }
}

asio::awaitable<bool> GraphConnector::mailbox_answers()
{
    net::Request request = Calls::request(
        net::Method::get, calls_.urls().url(calls_.urls().well_known_folder(WellKnown::inbox)));
    const net::Response response = co_await calls_.send(std::move(request), purpose::well_known);
    co_return response.status >= 200 && response.status < 300;
}

asio::awaitable<std::optional<PageAnswer>> GraphConnector::try_page(const FolderCursor& folder,
                                                                    std::size_t size)
{
    net::Request request = Calls::request(net::Method::get, link_of(folder), page_sizes.at(size));
    // A large page that fails is asked for smaller at once, a small one a few times (G-54).
    const int server_errors = size == smallest_page ? 2 : 0;
    std::optional<PageAnswer> answer;
    GraphError error;
    try {
        const net::Response response =
            co_await calls_.send(std::move(request), purpose::changes, server_errors);
        if (response.status >= 200 && response.status < 300) {
            const DocumentPtr document = parse_document(response.body);
            co_return page_in(folder, document->root());
        }
        if (refuses_order(folder, response.status))
            co_return std::nullopt;
        error = classify(response, purpose::changes);
        bool is_the_links = ends_the_cursor(error, response.status, folder);
        if (!is_the_links && denies_the_mailbox(error) && !folder.cursor.value.empty())
            is_the_links = co_await mailbox_answers();
        if (is_the_links)
            co_return CursorExpired{};
    } catch (const Failure& failure) {
        if (!is_of_one_page(failure) && failure.name() != "graph.busy")
            throw;
        error.reaction = failure.reaction();
        error.name = failure.name();
        error.message = failure.message();
    }
    if (stops_reading(error))
        throw failure_of(error, calls_.mailbox());
    if (size == smallest_page || !smaller_may_do(error))
        answer = FolderRefused{error.name, error.message};
    co_return answer;
}

asio::awaitable<PageAnswer> GraphConnector::one_page(FolderCursor folder)
{
    const auto known = smaller_pages_.find(folder.folder);
    for (std::size_t size = known == smaller_pages_.end() ? 0 : known->second;; ++size) {
        const bool ordered = newest_first_;
        std::optional<PageAnswer> answer = co_await try_page(folder, size);
        if (!answer && ordered != newest_first_)
            answer = co_await try_page(folder, size);
        if (answer)
            co_return std::move(*answer);
        smaller_pages_.insert_or_assign(folder.folder, size + 1);
    }
}

asio::awaitable<void>
GraphConnector::pages_in_a_batch(const std::vector<FolderCursor>& folders, std::vector<Part> parts,
                                 std::vector<std::size_t> which,
                                 std::vector<std::optional<PageAnswer>>& answers)
{
    Calls::Use use = [&](std::size_t part, const PartAnswer& answer) {
        const std::size_t index = which[part];
        // What is left without an answer is asked for by itself.
        if (answer.success()) {
            answers[index] = page_unless_unreadable(folders[index], answer.body());
            return;
        }
        if (folders[index].cursor.value.empty() && (answer.status == 400 || answer.status == 501))
            return; // by itself it tells whether the order is to blame
        const GraphError error = classify(answer.status, answer.body(), purpose::changes);
        if (ends_the_cursor(error, answer.status, folders[index]))
            answers[index] = CursorExpired{};
        else if (denies_the_mailbox(error) && !folders[index].cursor.value.empty())
            return; // by itself it tells whether the link is to blame
        else if (stops_reading(error))
            give_up(error, answer);
        else if (smaller_may_do(error))
            smaller_pages_.insert_or_assign(folders[index].folder, smallest_page);
        else
            answers[index] = FolderRefused{error.name, error.message};
    };
    try {
        co_await calls_.batch(std::move(parts), purpose::changes, Bodies::kept, std::move(use));
    } catch (const Failure& failure) {
        if (!is_of_one_page(failure)) // one folder's page may keep the others' from arriving
            throw;
    }
}

asio::awaitable<std::vector<PageAnswer>>
GraphConnector::changes_since(std::vector<FolderCursor> folders)
{
    std::vector<std::optional<PageAnswer>> answers(folders.size());
    std::vector<Part> parts;
    std::vector<std::size_t> batched; // the folder of each part
    parts.reserve(folders.size());
    for (std::size_t i = 0; i < folders.size(); ++i) {
        const std::string link = link_of(folders[i]);
        auto path = calls_.urls().path_of(link);
        if (!path && !calls_.urls().is_ours(link))
            answers[i] = CursorExpired{}; // neither followed nor kept
        if (!path || smaller_pages_.contains(folders[i].folder))
            continue;
        parts.push_back(get_part(std::move(*path), batched_page));
        batched.push_back(i);
    }
    if (batched.size() > 1)
        co_await pages_in_a_batch(folders, std::move(parts), std::move(batched), answers);

    std::vector<PageAnswer> pages;
    pages.reserve(folders.size());
    const bool some_told = std::any_of(answers.begin(), answers.end(), holds_page);
    for (std::size_t i = 0; i < folders.size(); ++i) {
        try {
            if (!answers[i])
                answers[i] = co_await one_page(folders[i]);
        } catch (const Failure& failure) {
            // A pause that one folder brought about must not hide what was told of the others.
            if (failure.reaction() != Reaction::wait || !some_told)
                throw;
            answers[i] = FolderRefused{failure.name(), failure.message()};
        }
        pages.push_back(std::move(*answers[i]));
    }
    co_return pages;
}

} // namespace crmsync::graph
