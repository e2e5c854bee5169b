#include "store/write_backs.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <utility>

namespace crmsync::store {
namespace {

/// Item ids and generations as columns.
struct Keys {
    std::vector<std::string> items;
    std::vector<std::int64_t> generations;

    void add(const OwedKey& key)
    {
        items.push_back(key.item_id);
        generations.push_back(key.generation);
    }
};

} // namespace

boost::asio::awaitable<std::vector<OwedWrite>> WriteBacks::due(MailboxId mailbox, int limit)
{
    const pg::Result rows = co_await pool_.run(sql::due_write_backs, params(mailbox, limit));
    std::vector<OwedWrite> writes;
    for (int row = 0; row < rows.rows(); ++row) {
        OwedWrite& write = writes.emplace_back();
        write.item_id = rows.get<std::string>(row, 0);
        write.desired = desired_categories(rows.get<std::string_view>(row, 1));
        write.categories = rows.get<std::optional<std::vector<std::string>>>(row, 2);
        write.version = Version(rows.get<std::string>(row, 3));
        write.generation = rows.get<std::int64_t>(row, 4);
        write.attempts = rows.get<int>(row, 5);
        write.failure = rows.get<std::string>(row, 6);
    }
    co_return writes;
}

boost::asio::awaitable<void> WriteBacks::sent(Fence fence, std::vector<OwedKey> writes)
{
    if (writes.empty())
        co_return;
    Keys keys;
    for (const OwedKey& key : writes)
        keys.add(key);
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::write_backs_sent, params(fence.mailbox, keys.items, keys.generations));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> WriteBacks::done(Fence fence, std::vector<DoneWrite> writes)
{
    if (writes.empty())
        co_return;
    Keys keys;
    std::vector<std::optional<pg::Json>> categories;
    std::vector<std::optional<std::string>> versions;
    std::vector<std::optional<std::string>> states;
    for (const DoneWrite& write : writes) {
        keys.add(write.key);
        std::optional<pg::Json>& list = categories.emplace_back();
        if (write.categories)
            list = to_json(*write.categories);
        versions.push_back(plain(write.version));
        std::optional<std::string>& state = states.emplace_back();
        if (write.state)
            state = std::string(to_string(*write.state));
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::write_backs_done,
               params(fence.mailbox, keys.items, keys.generations, categories, versions, states));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> WriteBacks::conflict(Fence fence, std::vector<RereadItem> items)
{
    if (items.empty())
        co_return;
    Keys keys;
    std::vector<std::optional<pg::Json>> categories;
    std::vector<std::string> versions;
    std::vector<Timestamp> at;
    for (const RereadItem& item : items) {
        keys.add(item.key);
        at.push_back(item.at);
        std::optional<pg::Json>& list = categories.emplace_back();
        if (item.categories)
            list = to_json(*item.categories);
        versions.push_back(item.version.value);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::write_backs_conflict,
               params(fence.mailbox, keys.items, keys.generations, categories, versions, at,
                      std::string_view("write.conflict")));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> WriteBacks::put_off(Fence fence, Timestamp at, std::string failure)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::write_backs_put_off, params(fence.mailbox, at, failure));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> WriteBacks::retry_later(Fence fence, std::vector<OwedRetry> writes)
{
    if (writes.empty())
        co_return;
    Keys keys;
    std::vector<std::string> failures;
    std::vector<Timestamp> at;
    for (const OwedRetry& write : writes) {
        keys.add(write.key);
        failures.push_back(write.failure);
        at.push_back(write.at);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::write_backs_retry,
               params(fence.mailbox, keys.items, keys.generations, failures, at));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> WriteBacks::give_up(Fence fence, std::vector<OwedRetry> writes)
{
    if (writes.empty())
        co_return;
    Keys keys;
    std::vector<std::string> failures;
    for (const OwedRetry& write : writes) {
        keys.add(write.key);
        failures.push_back(write.failure);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::write_backs_given_up,
               params(fence.mailbox, keys.items, keys.generations, failures));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> WriteBacks::gone(Fence fence, std::vector<std::string> item_ids)
{
    if (item_ids.empty())
        co_return;
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::drop_write_backs, params(fence.mailbox, item_ids));
    script.add(sql::mark_links_gone, params(fence.mailbox, item_ids));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
