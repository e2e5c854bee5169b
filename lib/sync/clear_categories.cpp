#include "sync/clear_categories.hpp"

#include "base/failure.hpp"
#include "match/categories.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

constexpr std::size_t at_once = 100;

/// How often an item that somebody goes on changing is read again.
constexpr int most_rounds = 8;

/// The longest pause a provider may ask for. Whoever waits at a terminal is told instead.
constexpr std::chrono::minutes longest_pause{10};

std::vector<std::string> carried(const Item& item)
{
    return item.uncleaned_categories.value_or(item.categories.value_or({}));
}

} // namespace

std::vector<std::string> own_names(const std::vector<std::string>& categories,
                                   const match::Policy& policy)
{
    std::vector<std::string> ours;
    for (const std::string& name : categories)
        if (policy.is_ours(name))
            ours.push_back(name);
    return ours;
}

asio::awaitable<void> CategoryClearing::wait_as_told(const Deferred& deferred)
{
    const auto pause = deferred.advice.value_or(std::chrono::seconds(30));
    if (pause > longest_pause)
        throw Failure(Reaction::wait, deferred.failure, deferred.message, deferred.advice);
    co_await clock_.sleep_for(pause);
}

/// One attempt; the items that changed in between, or that the provider put off.
asio::awaitable<std::vector<ItemKey>> CategoryClearing::clear_once(std::vector<ItemKey> keys)
{
    std::vector<ItemKey> again;
    std::vector<CategoryWrite> writes;
    const std::vector<std::optional<Item>> looks = co_await connector_.look_up(keys);
    for (std::size_t i = 0; i < looks.size(); ++i) {
        if (!looks[i]) {
            ++report_.gone;
            continue;
        }
        const Item& item = *looks[i];
        std::vector<std::string> categories = carried(item);
        const std::size_t before = categories.size();
        std::erase_if(categories, [&](const std::string& name) { return policy_.is_ours(name); });
        if (categories.size() == before && item.unreadable.empty())
            continue;
        if (item.message().draft.value_or(false))
            continue; // nobody's draft is written to
        if (!item.unreadable.empty() || !item.version.has_value() || item.version->value.empty()) {
            ++report_.refused; // without a version nothing tells whether somebody else wrote
            continue;
        }
        CategoryWrite& write = writes.emplace_back();
        write.key = keys[i];
        write.expected = *item.version;
        write.categories = std::move(categories);
    }
    if (writes.empty())
        co_return again;

    std::optional<Deferred> deferred;
    std::optional<Failure> failure;
    const std::vector<WriteAnswer> answers = co_await connector_.write_categories(writes);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const WriteAnswer& answer = answers[i];
        if (std::holds_alternative<Written>(answer)) {
            ++report_.cleared;
        } else if (std::holds_alternative<Gone>(answer)) {
            ++report_.gone;
        } else if (const auto* refused = std::get_if<WriteRefused>(&answer)) {
            if (refused->transient)
                again.push_back(writes[i].key);
            else
                ++report_.refused;
        } else if (const auto* later = std::get_if<Deferred>(&answer)) {
            deferred = *later;
            again.push_back(writes[i].key);
        } else if (const auto* denied = std::get_if<Denied>(&answer)) {
            failure = denied->failure;
        } else if (const auto* unheard = std::get_if<Unheard>(&answer)) {
            failure = unheard->failure;
        } else {
            again.push_back(writes[i].key);
        }
    }
    if (failure)
        throw *failure;
    if (deferred)
        co_await wait_as_told(*deferred);
    co_return again;
}

asio::awaitable<void> CategoryClearing::clear(std::vector<ItemKey> keys)
{
    report_.looked_at += static_cast<int>(keys.size());
    for (int round = 1; !keys.empty(); ++round) {
        if (round > most_rounds) {
            report_.refused += static_cast<int>(keys.size());
            break;
        }
        if (round > 2)
            co_await clock_.sleep_for(std::chrono::seconds(1));
        std::vector<ItemKey> again = co_await clear_once(std::move(keys));
        keys = std::move(again);
    }
}

/// What is cleared is not found any more: from the first page again, until nothing new is found.
asio::awaitable<void> CategoryClearing::clear_found(CategorySearch search)
{
    std::set<std::string> seen; // an item that cannot be cleared is found again and again
    Cursor next;
    bool news = false;
    for (;;) {
        const std::optional<Page> page = co_await connector_.items_with_category(search, next);
        if (!page)
            co_return;
        std::vector<ItemKey> keys;
        for (const Change& change : page->changes)
            if (seen.insert(change.key.id).second)
                keys.push_back(change.key);
        news = news || !keys.empty();
        next = page->last ? Cursor() : page->next;
        for (std::size_t first = 0; first < keys.size(); first += at_once) {
            const std::size_t last = std::min(keys.size(), first + at_once);
            std::vector<ItemKey> some(keys.begin() + static_cast<std::ptrdiff_t>(first),
                                      keys.begin() + static_cast<std::ptrdiff_t>(last));
            co_await clear(std::move(some));
        }
        if (page->last && !std::exchange(news, false))
            co_return;
    }
}

asio::awaitable<void> CategoryClearing::clear_master_list()
{
    const std::vector<MasterCategory> present = co_await connector_.master_categories();
    std::vector<std::string> names;
    for (const MasterCategory& category : present)
        names.push_back(category.name);
    std::vector<std::string> ours = own_names(names, policy_);
    if (!ours.empty())
        co_await connector_.remove_master_categories(std::move(ours));
}

} // namespace crmsync::sync
