#pragma once

#include "base/digest.hpp"
#include "base/timestamp.hpp"
#include "model/write_back.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// What a person said about removals that were held back.
enum class HeldWish { confirm, reject };

/// An item whose category a person seems to have taken off, with what the release needs to know.
struct StagedRemoval {
    std::string item_id;
    Timestamp seen_at{};
    std::optional<HeldWish> wanted; ///< it was held, and this is to be done about it
    bool linked = false;            ///< false: the link went meanwhile, only the stage is left
    ActivityId activity;
    bool activity_deleted = false;
    std::optional<std::string> message_id; ///< of the activity: the pin is made from it
    std::string tracked_by;
    StateCategory category_seen = StateCategory::none;
    bool owner = false;        ///< the mailbox's user owns the activity
    bool other_person = false; ///< another mailbox holds a link tagged by a person
};

/// Without those that are held and that nobody has decided on.
struct Staged {
    std::vector<StagedRemoval> removals;
    int removed_last_hour = 0;   ///< by the user of this mailbox: released, or held
    int held = 0;                ///< since whenever
    std::int64_t links = 0;      ///< of this mailbox, before what was released in the last hour
    bool category_known = false; ///< ours have been in the mailbox's list of categories
    bool category_went = false;  ///< ours was found missing there within the last hour
};

/// A removal that was looked at freshly and is to be carried out.
struct Release {
    std::string item_id;
    Sha256 item_hmac{};
    std::optional<Sha256> message_hmac; ///< nothing: a message without Message-ID
    bool confirmed = false; ///< a person said so past the guard: it is not counted nor undone
};

struct UntrackPolicy {
    bool keep = false;    ///< on_untrack = "keep"; of a shared mailbox on_untrack_shared
    bool of_team = false; ///< a shared mailbox: what it tracks belongs to its team
    int grace_days = 30;
};

enum class Untracked {
    unlinked,     ///< the activity belongs to somebody else, or other copies here carry a tag
    owner_passed, ///< the earliest other person who tagged it is the owner now
    kept,         ///< the policy keeps the copy
    tombstoned
};

struct Released {
    std::string item_id;
    ActivityId activity;
    Untracked became = Untracked::unlinked;
};

struct ReleaseReport {
    std::vector<Released> released;
    std::vector<MailboxId> owed; ///< mailboxes that now owe a category take-off: wake them
};

std::string_view to_string(Untracked);

/// Untracking: stage, release, purge (PRODUCT section 3, "Untrack"). What is held back in between:
/// held_untracks.hpp.
class Untracks {
public:
    explicit Untracks(pg::Pool& pool) : pool_(pool) {}

    boost::asio::awaitable<Staged> staged(MailboxId mailbox);

    /// All of them in one transaction under the fence.
    boost::asio::awaitable<ReleaseReport> release(Fence fence, std::vector<Release> releases,
                                                  UntrackPolicy policy);

    /// The fresh read showed the category: nothing was meant.
    boost::asio::awaitable<void> drop(Fence fence, std::vector<std::string> item_ids);

    /// Removes tombstones whose grace is over, with what belongs to them; the number removed.
    /// Call again while it returns `limit`.
    boost::asio::awaitable<int> purge(int limit = 100);

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
