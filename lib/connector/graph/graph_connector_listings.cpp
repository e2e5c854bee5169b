#include "base/log.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_delta.hpp"
#include "connector/graph/graph_message.hpp"
#include "connector/graph/graph_purposes.hpp"
#include "net/url.hpp"

#include <fmt/format.h>

#include <algorithm>

/// Listings of the whole mailbox that a server need not offer.
namespace crmsync::graph {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr int most_changed_pages = 4;
constexpr std::chrono::hours refusal_lasts{1};

const json::array& rows_of(const Document& document)
{
    const json::value* value = member(document.root(), "value");
    const json::array* rows = value ? value->if_array() : nullptr;
    if (!rows)
        throw Failure(Reaction::retry, "graph.unreadable_answer",
                      "Graph's answer to a listing holds no list of messages");
    return *rows;
}

std::optional<ChangedItem> read_changed(const json::value& row, MailboxId mailbox)
{
    const auto id = text_at(row, "id");
    const auto folder = text_at(row, "parentFolderId");
    const auto modified = parse_timestamp(text_at(row, "lastModifiedDateTime").value_or(""));
    if (!id || id->empty() || !folder || !modified)
        return std::nullopt;
    ChangedItem item;
    item.key = ItemKey{mailbox, std::string(*id)};
    item.folder = FolderId(std::string(*folder));
    item.modified_at = *modified;
    item.version = Version(std::string(text_at(row, "changeKey").value_or("")));
    return item;
}

std::string filter_of(const CategorySearch& search)
{
    std::string literal;
    for (const char c : search.text)
        literal += c == '\'' ? std::string("''") : std::string(1, c);
    return search.is_prefix ? fmt::format("categories/any(c:startswith(c,'{}'))", literal)
                            : fmt::format("categories/any(c:c eq '{}')", literal);
}

/// With the transport headers where they came along: copies of what the mailbox sent have none
/// (G-112).
Completeness told_of(const json::value& row)
{
    const json::value* headers = member(row, "internetMessageHeaders");
    return headers && headers->is_array() ? Completeness::headers : Completeness::by_id;
}

bool carries(const Item& item, const CategorySearch& search)
{
    const auto categories = item.categories.value_or({});
    const std::string wanted = fold(search.text);
    return std::any_of(categories.begin(), categories.end(), [&](const std::string& category) {
        const std::string name = fold(category);
        return search.is_prefix ? name.starts_with(wanted) : name == wanted;
    });
}

} // namespace

asio::awaitable<DocumentPtr> GraphConnector::optional_listing(std::string url, Purpose purpose)
{
    refuse_foreign(url, calls_.urls());
    net::Request request = Calls::request(net::Method::get, std::move(url));
    GraphError error;
    try {
        const net::Response response = co_await calls_.send(std::move(request), purpose, 0);
        if (response.status >= 200 && response.status < 300)
            co_return parse_document(response.body);
        error = classify(response, purpose);
    } catch (const Failure& failure) {
        // An answer that does not arrive may be this listing's own.
        if (failure.reaction() != Reaction::retry && failure.name() != "graph.busy")
            throw;
        error.reaction = Reaction::retry;
        error.name = failure.name();
    }
    // Where nothing may be read, what cannot be done without says so.
    const bool denied = error.name == "graph.access_denied";
    if (stops_reading(error) && !denied)
        throw failure_of(error, calls_.mailbox());
    log::info(log::Area::graph, "Graph does not answer a listing of the whole mailbox",
              {{"mailbox", mailbox_.value}, {"purpose", purpose.doing}, {"failure", error.name}});
    co_return DocumentPtr();
}

asio::awaitable<std::optional<ChangedItems>> GraphConnector::changed_items(Timestamp since)
{
    if (tells_changed_at_ && clock_.now() < *tells_changed_at_)
        co_return std::nullopt;
    // The ordered property has to stand in the filter, and first (G-58).
    since = std::chrono::floor<std::chrono::seconds>(since);
    const std::string at = format_timestamp(since);
    std::string url = calls_.urls().url(calls_.urls().messages(
        fmt::format("$filter=lastModifiedDateTime%20ge%20{}&$orderby=lastModifiedDateTime&"
                    "$select=id,parentFolderId,lastModifiedDateTime,changeKey&$top=500",
                    net::percent_encode(at))));
    ChangedItems changed;
    for (int page = 0; !url.empty(); ++page) {
        if (page == most_changed_pages) {
            changed.cut = true;
            break;
        }
        const DocumentPtr document = co_await optional_listing(std::move(url), purpose::changed);
        if (!document) {
            tells_changed_at_ = clock_.now() + refusal_lasts;
            co_return std::nullopt;
        }
        for (const json::value& row : rows_of(*document))
            if (auto item = read_changed(row, mailbox_); item && item->modified_at >= since)
                changed.items.push_back(std::move(*item));
        url = text_at(document->root(), "@odata.nextLink").value_or("");
    }
    co_return changed;
}

asio::awaitable<std::optional<Page>> GraphConnector::items_with_category(CategorySearch search,
                                                                         Cursor next)
{
    // With headers: what was tagged before anybody looked may have been by its sender (Keywords).
    // No order: with one the filter is "too complex" in some mailboxes (G-168).
    std::string url = next.value.empty() ? calls_.urls().url(calls_.urls().messages(
                                               "$filter=" + net::percent_encode(filter_of(search)) +
                                               "&$top=100&" + phase1_query(true)))
                                         : std::move(next.value);
    const DocumentPtr document = co_await optional_listing(std::move(url), purpose::tagged);
    if (!document)
        co_return std::nullopt;
    Page page;
    for (const json::value& row : rows_of(*document)) {
        std::optional<Item> item = read_message(row, mailbox_, told_of(row));
        if (!item || !carries(*item, search))
            continue;
        Change& change = page.changes.emplace_back();
        change.key = item->key;
        change.item = std::move(item);
    }
    // A server that does not know the filter may list the whole mailbox.
    if (page.changes.empty() && !rows_of(*document).empty())
        co_return std::nullopt;
    page.next = Cursor(std::string(text_at(document->root(), "@odata.nextLink").value_or("")));
    page.last = page.next.value.empty();
    co_return page;
}

asio::awaitable<std::vector<std::optional<std::int64_t>>>
GraphConnector::count_items(std::vector<FolderId> folders)
{
    std::vector<Part> parts;
    for (const FolderId& folder : folders)
        parts.push_back(get_part(calls_.urls().item_count(folder)));
    std::vector<std::optional<std::int64_t>> counts(folders.size());
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        if (answer.success())
            counts[index] = number_of(member(answer.body(), "totalItemCount"));
    };
    co_await calls_.batch(std::move(parts), purpose::counts, Bodies::kept, std::move(use));
    co_return counts;
}

} // namespace crmsync::graph
