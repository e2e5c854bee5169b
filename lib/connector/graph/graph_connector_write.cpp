#include "base/text.hpp"
#include "connector/graph/graph_connector.hpp"
#include "connector/graph/graph_purposes.hpp"
#include "connector/graph/graph_write.hpp"

#include <algorithm>
#include <set>

namespace crmsync::graph {

namespace asio = boost::asio;

namespace {

constexpr int most_category_pages = 50;

std::vector<MasterCategory> missing_of(const std::vector<MasterCategory>& wanted,
                                       const std::vector<MasterCategory>& present)
{
    std::set<std::string> names;
    for (const MasterCategory& category : present)
        names.insert(name_key(category.name));
    std::vector<MasterCategory> missing;
    for (const MasterCategory& category : wanted)
        if (names.insert(name_key(category.name)).second)
            missing.push_back(category);
    return missing;
}

} // namespace

asio::awaitable<std::vector<WriteAnswer>>
GraphConnector::write_categories(std::vector<CategoryWrite> writes)
{
    std::vector<Part> parts;
    parts.reserve(writes.size());
    for (const CategoryWrite& write : writes)
        parts.push_back(category_part(write, calls_.urls()));

    std::vector<WriteAnswer> answers(writes.size(), WriteAnswer(Written{}));
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        if (answer.success()) {
            answers[index] = Written{version_after(answer)};
            return;
        }
        const GraphError error = classify(answer.status, answer.body(), purpose::write_back);
        if (error.finding == Finding::conflict)
            answers[index] = Conflict{};
        else if (error.finding == Finding::gone)
            answers[index] = Gone{};
        else if (asks_to_wait(error, answer)) // those that went through must be told
            answers[index] = deferred(error, answer);
        else if (is_mailbox_wide(error) && error.finding != Finding::throttled)
            give_up(error, answer);
        else
            answers[index] = WriteRefused{error.name, error.message, error.transient()};
    };
    co_await calls_.batch(std::move(parts), purpose::write_back, Bodies::errors_only,
                          std::move(use));
    co_return answers;
}

asio::awaitable<std::vector<MasterCategory>> GraphConnector::master_categories()
{
    std::vector<MasterCategory> categories;
    std::string url = calls_.urls().url(calls_.urls().master_categories());
    for (int page = 0; page < most_category_pages && !url.empty(); ++page) {
        refuse_foreign(url, calls_.urls());
        const DocumentPtr document = co_await calls_.get(std::move(url), purpose::categories);
        std::vector<MasterCategory> some = read_master_categories(document->root());
        std::move(some.begin(), some.end(), std::back_inserter(categories));
        url = text_at(document->root(), "@odata.nextLink").value_or("");
    }
    co_return categories;
}

asio::awaitable<void> GraphConnector::add_master_categories(std::vector<MasterCategory> categories)
{
    const std::vector<MasterCategory> before = co_await master_categories();
    const std::vector<MasterCategory> missing = missing_of(categories, before);
    if (missing.empty())
        co_return;

    std::vector<Part> parts;
    for (const MasterCategory& category : missing)
        parts.push_back(master_category_part(category, calls_.urls()));
    std::optional<GraphError> refusal;
    Calls::Use use = [&](std::size_t, const PartAnswer& answer) {
        if (answer.success())
            return;
        GraphError error = classify(answer.status, answer.body(), purpose::categories);
        if (is_mailbox_wide(error))
            give_up(error, answer);
        refusal = std::move(error);
    };
    co_await calls_.batch(std::move(parts), purpose::categories, Bodies::errors_only,
                          std::move(use));
    if (!refusal)
        co_return;

    // Somebody may have added it in between: what the list says now counts (G-166).
    const std::vector<MasterCategory> after = co_await master_categories();
    if (missing_of(categories, after).empty())
        co_return;
    throw failure_of(*refusal, calls_.mailbox());
}

} // namespace crmsync::graph
