#pragma once

#include "base/timestamp.hpp"
#include "model/write_back.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// A change owed to an item: what its categories should say, and from what it was last read.
struct OwedWrite {
    std::string item_id;
    DesiredCategories desired;
    /// What the decision saw; nothing, or no version: read the item before writing.
    std::optional<std::vector<std::string>> categories;
    Version version; ///< as last read
    std::int64_t generation = 0;
    int attempts = 0;    ///< answered ones
    std::string failure; ///< of the last one; empty: none
};

/// Names an owed write as it was when it was read: a newer decision has another generation, and
/// what was done for the older one does not settle it.
struct OwedKey {
    std::string item_id;
    std::int64_t generation = 0;
};

struct DoneWrite {
    OwedKey key;
    std::optional<std::vector<std::string>>
        categories;                 ///< as the item has them; nothing: see OwedWrite
    std::optional<Version> version; ///< as the provider told it
    /// What of ours is on the item now; nothing: what the link knows may have been taken off by a
    /// person, and stands until that is looked into.
    std::optional<StateCategory> state = StateCategory::none;
};

struct RereadItem {
    OwedKey key;
    /// As it was decided again; nothing: not read yet, what was seen before stays.
    std::optional<std::vector<std::string>> categories;
    Version version; ///< none: to be read before it is written
    Timestamp at{};  ///< not to be tried before
};

struct OwedRetry {
    OwedKey key;
    std::string failure; ///< stable name
    Timestamp at{};
};

/// sync.write_back: the state owed to the mailboxes. Every change is made under the fence.
class WriteBacks {
public:
    explicit WriteBacks(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<std::vector<OwedWrite>> due(MailboxId mailbox, int limit = 20);

    /// They went out, but no answer was heard: due again at once, and harmless twice.
    boost::asio::awaitable<void> sent(Fence fence, std::vector<OwedKey> writes);
    /// The link remembers version and category. Owed no more unless the generation changed; then
    /// the newer desire starts from what was just written.
    boost::asio::awaitable<void> done(Fence fence, std::vector<DoneWrite> writes);
    /// The version was not the expected one.
    boost::asio::awaitable<void> conflict(Fence fence, std::vector<RereadItem> items);
    boost::asio::awaitable<void> retry_later(Fence fence, std::vector<OwedRetry> writes);
    /// Everything that is due: the mailbox takes no writes before `at`. No attempt of any of them.
    boost::asio::awaitable<void> put_off(Fence fence, Timestamp at, std::string failure);
    boost::asio::awaitable<void> give_up(Fence fence, std::vector<OwedRetry> writes);
    /// The item is not in the mailbox any more: nothing is owed, the link stays and says so.
    boost::asio::awaitable<void> gone(Fence fence, std::vector<std::string> item_ids);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
