#include "store/first_loads.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <string>
#include <utility>
#include <vector>

namespace crmsync::store {
namespace {

FirstLoad read_load(const pg::Result& result)
{
    FirstLoad load;
    if (result.empty())
        return load;
    load.began_at = result.get<std::optional<Timestamp>>(0, 0);
    load.ended_at = result.get<std::optional<Timestamp>>(0, 1);
    load.tagged_found = result.get<std::optional<std::int64_t>>(0, 2);
    load.items_answered = result.get<std::int64_t>(0, 3);
    return load;
}

} // namespace

boost::asio::awaitable<FirstLoad> FirstLoads::state(MailboxId mailbox)
{
    const pg::Result result = co_await pool_.run(sql::first_load, params(mailbox));
    co_return read_load(result);
}

boost::asio::awaitable<FirstLoadShown> FirstLoads::shown(MailboxId mailbox)
{
    const pg::Result result = co_await pool_.run(sql::show_first_load, params(mailbox));
    FirstLoadShown shown;
    shown.load = read_load(result);
    if (result.empty())
        co_return shown;
    shown.folders = static_cast<int>(result.get<std::int64_t>(0, 4));
    shown.folders_done = static_cast<int>(result.get<std::int64_t>(0, 5));
    shown.messages_read = result.get<std::int64_t>(0, 6);
    if (result.get<std::int64_t>(0, 8) == 0)
        shown.messages_total = result.get<std::int64_t>(0, 7);
    co_return shown;
}

boost::asio::awaitable<void> FirstLoads::begin(Fence fence)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::begin_first_load, params(fence.mailbox));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> FirstLoads::note_tagged(Fence fence, std::int64_t found)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::note_tagged_found, params(fence.mailbox, found));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> FirstLoads::note_answered(Fence fence, std::int64_t more)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::note_items_answered, params(fence.mailbox, more));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> FirstLoads::end(Fence fence)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::end_first_load, params(fence.mailbox));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> FirstLoads::set_totals(Fence fence,
                                                    std::map<FolderId, std::int64_t> totals)
{
    std::vector<std::string> folders;
    std::vector<std::int64_t> counts;
    for (const auto& [folder, total] : totals) {
        folders.push_back(folder.value);
        counts.push_back(total);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::set_folder_totals, params(fence.mailbox, folders, counts));
    co_await complete(*connection, std::move(script));
}

boost::asio::awaitable<void> FirstLoads::mark_dirty(Fence fence,
                                                    std::map<FolderId, Timestamp> changed_at)
{
    std::vector<std::string> folders;
    std::vector<Timestamp> times;
    for (const auto& [folder, at] : changed_at) {
        folders.push_back(folder.value);
        times.push_back(at);
    }
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::mark_dirty_folders, params(fence.mailbox, folders, times));
    co_await complete(*connection, std::move(script));
}

} // namespace crmsync::store
