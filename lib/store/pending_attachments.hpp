#pragma once

#include "base/timestamp.hpp"
#include "model/plan.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// How soon an item is looked at again that was stored with a scanner's placeholder.
inline constexpr std::chrono::minutes first_look_after(2);

/// An item that was to be looked at again.
struct WaitingItem {
    std::string item_id;
    std::optional<ActivityId> activity; ///< nothing: it is linked no more
    std::optional<Timestamp> since;     ///< nothing: it waits for nothing any more
    std::optional<std::string> message_id;
};

/// Attachments that a scanner held back when their message was stored. A page that stores such a
/// message asks for the first look (Revisit::attachments).
class PendingAttachments {
public:
    explicit PendingAttachments(pg::Pool& pool) : pool_(pool) {}

    /// The names of the rows that are settled.
    boost::asio::awaitable<std::vector<std::string>> settled(ActivityId activity);
    /// The whole list as it is now: takes the place of the placeholders, and leaves what is settled
    /// alone. One transaction with the contents.
    boost::asio::awaitable<void> settle(Fence fence, ActivityId activity,
                                        std::vector<StoredAttachment> rows);
    /// Skipped, reason `scanner`.
    boost::asio::awaitable<void> give_up(Fence fence, ActivityId activity);
    /// The same for all that were waited for two days ago: nobody looks at them any more.
    boost::asio::awaitable<void> give_old_up();

    /// What is stored of these, in their order.
    boost::asio::awaitable<std::vector<WaitingItem>> waiting(MailboxId mailbox,
                                                             std::vector<std::string> item_ids);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
