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

    std::vector<std::optional<WriteAnswer>> heard(writes.size());
    Calls::Use use = [&](std::size_t index, const PartAnswer& answer) {
        heard[index] = written(answer);
    };
    std::optional<Failure> failure;
    try {
        co_await calls_.batch(std::move(parts), purpose::write_back, Bodies::errors_only,
                              std::move(use));
    } catch (const Failure& f) {
        failure = f; // those that went through before must be told
    }
    std::vector<WriteAnswer> answers;
    answers.reserve(heard.size());
    for (std::optional<WriteAnswer>& answer : heard) {
        if (answer)
            answers.push_back(std::move(*answer));
        else
            answers.emplace_back(Unheard{failure.value()});
    }
    co_return answers;
}

WriteAnswer GraphConnector::written(const PartAnswer& answer) const
{
    if (answer.success())
        return Written{version_after(answer)};
    const GraphError error = classify(answer.status, answer.body(), purpose::write_back);
    if (error.finding == Finding::conflict)
        return Conflict{};
    if (error.finding == Finding::gone)
        return Gone{};
    if (asks_to_wait(error, answer))
        return deferred(error, answer);
    if (denies_the_mailbox(error))
        return Denied{failure_of(error, calls_.mailbox())};
    if (error.finding == Finding::token)
        return Unheard{failure_of(error, calls_.mailbox())};
    return WriteRefused{error.name, error.message, error.transient()};
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

asio::awaitable<void> GraphConnector::remove_master_categories(std::vector<std::string> names)
{
    std::set<std::string> keys;
    for (const std::string& name : names)
        keys.insert(name_key(name));
    const std::vector<MasterCategory> present = co_await master_categories();
    std::vector<Part> parts;
    for (const MasterCategory& category : present) {
        if (category.id.empty() || !keys.contains(name_key(category.name)))
            continue;
        Part& part = parts.emplace_back();
        part.method = net::Method::delete_;
        part.path = calls_.urls().master_category(category.id);
    }
    if (parts.empty())
        co_return;
    std::optional<GraphError> refusal;
    Calls::Use use = [&](std::size_t, const PartAnswer& answer) {
        if (answer.success())
            return;
        GraphError error = classify(answer.status, answer.body(), purpose::categories);
        if (is_mailbox_wide(error))
            give_up(error, answer);
        if (error.finding != Finding::gone)
            refusal = std::move(error);
    };
    co_await calls_.batch(std::move(parts), purpose::categories, Bodies::errors_only,
                          std::move(use));
    if (refusal)
        throw failure_of(*refusal, calls_.mailbox());
}

} // namespace crmsync::graph
