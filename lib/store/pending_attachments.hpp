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

/// An item that is due to be looked at.
struct AttachmentLook {
    std::string item_id;
    std::optional<ActivityId> activity; ///< nothing: it is linked no more
    std::optional<Timestamp> since;     ///< nothing: it waits for nothing any more
    std::optional<std::string> message_id;
};

/// Attachments that a scanner held back when their message was stored, and sync.attachment_look:
/// the items to be looked at for them. A page that stores such a message asks for the first look.
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

    boost::asio::awaitable<std::vector<AttachmentLook>> due(MailboxId mailbox, int limit = 20);
    boost::asio::awaitable<std::optional<Timestamp>> next_due(MailboxId mailbox);
    boost::asio::awaitable<void> look_again(Fence fence, std::string item_id, Timestamp at);
    boost::asio::awaitable<void> looked_enough(Fence fence, std::vector<std::string> item_ids);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
