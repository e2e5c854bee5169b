#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>

namespace crmsync::store {

/// Where a mailbox stands with reading all its folders from nothing.
struct FirstLoad {
    std::optional<Timestamp> began_at; ///< nothing: not begun, or to be begun anew
    std::optional<Timestamp> ended_at;
    std::optional<std::int64_t> tagged_found; ///< nothing: tagged items are still to be sought
    std::int64_t items_answered = 0;

    bool running() const { return began_at && !ended_at; }
};

/// The same with its folders, for people.
struct FirstLoadShown {
    FirstLoad load;
    int folders = 0;
    int folders_done = 0;
    std::int64_t messages_read = 0;
    /// Never less than those read. Nothing while the provider has not said it of every folder.
    std::optional<std::int64_t> messages_total;
};

/// How far first loads are.
class FirstLoads {
public:
    explicit FirstLoads(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<FirstLoad> state(MailboxId mailbox);
    boost::asio::awaitable<FirstLoadShown> shown(MailboxId mailbox);

    boost::asio::awaitable<void> begin(Fence fence);
    boost::asio::awaitable<void> note_tagged(Fence fence, std::int64_t found);
    boost::asio::awaitable<void> note_answered(Fence fence, std::int64_t more);
    boost::asio::awaitable<void> end(Fence fence);

    /// What the provider says how many messages folders hold.
    boost::asio::awaitable<void> set_totals(Fence fence, std::map<FolderId, std::int64_t> totals);
    /// When a change was last seen in folders.
    boost::asio::awaitable<void> mark_dirty(Fence fence, std::map<FolderId, Timestamp> changed_at);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
