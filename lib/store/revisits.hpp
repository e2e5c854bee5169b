#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// Why a mailbox is to look at something again, and what its key is. The words of
/// sync.revisit.reason.
enum class Revisit {
    copy,        ///< another mailbox tracks the message; its Message-ID
    reply,       ///< what it once ignored answers to is stored; the Message-ID of that
    regarding,   ///< what its item answers was stored after it; the item id
    attachments, ///< a scanner held some of an item's back; the item id
    labels       ///< what the mailbox's list offers may have changed; empty
};
std::string_view to_string(Revisit);

/// A row that is due, as it was read.
struct DueRevisit {
    Revisit reason = Revisit::copy;
    std::string key;
    int asks = 1; ///< how often it was asked for
};

/// sync.revisit: what a mailbox's holder is to decide again. A page that stores a message asks for
/// it, in its own mailbox and in others.
class Revisits {
public:
    explicit Revisits(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<std::vector<DueRevisit>> due(MailboxId mailbox, int limit = 20);
    /// Forgets them, but for those that were asked for again since they were read.
    boost::asio::awaitable<void> done(Fence fence, std::vector<DueRevisit> revisits);
    /// Not due before `until`.
    boost::asio::awaitable<void> put_off(Fence fence, DueRevisit revisit, Timestamp until);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
