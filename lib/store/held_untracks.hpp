#pragma once

#include "base/digest.hpp"
#include "model/decision.hpp"
#include "pg/pool.hpp"
#include "store/untracks.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// A removal that is not to be carried out before a person says so.
struct HeldRemoval {
    std::string item_id;
    Sha256 item_hmac{};
};

struct HoldReport {
    int revived = 0;             ///< items released within the hour that are linked again, and held
    std::vector<MailboxId> owed; ///< mailboxes that now owe a category: wake them
};

/// The held removals of one mailbox, for people.
struct HeldShown {
    std::string address;
    std::string provider;
    std::int64_t count = 0;
    Timestamp since{};
    bool category_gone = false; ///< else there were too many within an hour
};

/// What the guard against mass untracking holds back (PRODUCT section 3).
class HeldUntracks {
public:
    explicit HeldUntracks(pg::Pool& pool) : pool_(pool) {}

    /// Holds these, and what this mailbox's user untracked within the last hour as well: that is
    /// undone, other copies get their category back. All in one transaction under the fence.
    boost::asio::awaitable<HoldReport> hold(Fence fence, std::vector<HeldRemoval> removals,
                                            Rule why);

    /// Owes them their categories; they are staged no more.
    boost::asio::awaitable<void> reject(Fence fence, std::vector<std::string> item_ids);

    /// Ours are in the mailbox's list of categories now; `went`: CRM Tracked had been missing.
    boost::asio::awaitable<void> note_list(Fence fence, bool went);

    boost::asio::awaitable<std::vector<HeldShown>> list();

    /// Marks all held ones of a mailbox; its next turn does it. How many there were.
    boost::asio::awaitable<std::int64_t> want(MailboxId mailbox, HeldWish wish);

    /// Forgets what can be undone no more.
    boost::asio::awaitable<void> purge();

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
