#include "connector/graph/graph_delta.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"
#include "net/url.hpp"

namespace crmsync::graph {

namespace json = boost::json;

namespace {

struct Link {
    std::string url;
    bool last = false;
};

Link link_of(const json::value& answer, const Urls& urls)
{
    Link link;
    if (const auto next = text_at(answer, "@odata.nextLink"))
        link = {std::string(*next), false};
    else if (const auto delta = text_at(answer, "@odata.deltaLink"))
        link = {std::string(*delta), true};
    else
        throw Failure(Reaction::retry, "graph.unreadable_answer",
                      "Graph's page of changes has neither a next link nor a delta link");
    refuse_foreign(link.url, urls);
    return link;
}

const json::array& rows_of(const json::value& answer)
{
    const json::value* value = member(answer, "value");
    const json::array* rows = value ? value->if_array() : nullptr;
    if (!rows)
        throw Failure(Reaction::retry, "graph.unreadable_answer",
                      "Graph's page of changes holds no list of changes");
    return *rows;
}

bool is_search_folder(const json::value& row)
{
    return text_at(row, "@odata.type").value_or("").ends_with("mailSearchFolder");
}

} // namespace

void refuse_foreign(std::string_view link, const Urls& urls)
{
    if (urls.is_ours(link))
        return;
    throw Failure(Reaction::reauthorise, std::string(foreign_link),
                  "Graph's page of changes leads to another host (" + net::host_of(link) +
                      ") than the configured one, and was not followed; check graph_url of the "
                      "provider and what stands between here and Graph");
}

Page read_page(const json::value& answer, MailboxId mailbox, const Urls& urls)
{
    Link link = link_of(answer, urls);
    const json::array& rows = rows_of(answer);

    Page page;
    page.next = Cursor(std::move(link.url));
    page.last = link.last;
    page.changes.reserve(rows.size());
    for (const json::value& row : rows) {
        if (member(row, "@removed")) {
            if (const auto id = text_at(row, "id"); id && !id->empty())
                page.changes.push_back({ItemKey{mailbox, std::string(*id)}, std::nullopt});
            continue;
        }
        std::optional<Item> item = read_message(row, mailbox, Completeness::partial);
        if (!item) {
            log::warn(log::Area::graph, "a row without an id was left out",
                      {{"mailbox", mailbox.value}});
            continue;
        }
        ItemKey key = item->key;
        page.changes.push_back({std::move(key), std::move(item)});
    }
    return page;
}

FolderPage read_folder_page(const json::value& answer, const Urls& urls)
{
    Link link = link_of(answer, urls);
    FolderPage page;
    page.link = std::move(link.url);
    page.last = link.last;
    for (const json::value& row : rows_of(answer)) {
        const std::string_view id = text_at(row, "id").value_or("");
        if (id.empty() || is_search_folder(row))
            continue;
        FolderRow& told = page.rows.emplace_back();
        told.id = FolderId(std::string(id));
        if (member(row, "@removed"))
            continue;
        Folder& folder = told.folder.emplace();
        folder.id = told.id;
        if (const auto parent = text_at(row, "parentFolderId"); parent && !parent->empty())
            folder.parent = FolderId(std::string(*parent));
        folder.name = clean_utf8(text_at(row, "displayName").value_or(""));
    }
    return page;
}

} // namespace crmsync::graph
