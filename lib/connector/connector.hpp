#pragma once

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/temporary_file.hpp"
#include "model/body.hpp"
#include "model/change.hpp"
#include "model/folder.hpp"
#include "model/write_back.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace crmsync {

/// How far a folder has been read.
struct FolderCursor {
    FolderId folder;
    Cursor cursor; ///< empty: from nothing
};

/// The folder cannot be read now, whatever the reason; others can.
struct FolderRefused {
    std::string failure; ///< stable name
    std::string message;
};
using PageAnswer = std::variant<Page, CursorExpired, FolderRefused>;

/// One category of the mailbox's master list.
struct MasterCategory {
    std::string name;
    int color = -1;      ///< preset 0 to 24, -1 for none
    std::string id = {}; ///< at the provider; empty for one that is to be added
};

/// Not done, and nothing is said about the item: the provider wants the mailbox left alone for a
/// while. Others of the same call may have gone through.
struct Deferred {
    std::string failure; ///< stable name
    std::string message;
    std::optional<std::chrono::milliseconds> advice; ///< for how long
    bool reading_goes_on = false;                    ///< only writes are not taken: it is full
};

/// Where and when an item of the mailbox was last changed.
struct ChangedItem {
    ItemKey key;
    FolderId folder;
    Timestamp modified_at{};
    Version version;
};
struct ChangedItems {
    std::vector<ChangedItem> items; ///< the earliest change first
    bool cut = false;               ///< there are more than are told
};

/// Which category an item carries: this one, or any that begins so.
struct CategorySearch {
    std::string text;
    bool is_prefix = false;
};

/// What was fetched for an accepted item, or why not.
struct BodyRefused {
    std::string failure; ///< stable name, for the parked row
    std::string message;
    bool transient = false;
};
using BodyAnswer = std::variant<FetchedBody, Gone, BodyRefused, Deferred>;

/// Contents that are too long for memory: they went into a file as they arrived.
struct LongContent {
    std::shared_ptr<const TemporaryFile> file;
    Sha256 sha256{};
};
/// From here on contents are long.
inline constexpr std::int64_t long_content = 1024 * 1024;

/// The contents of one attachment, or why there are none.
struct AttachmentContent {
    std::optional<std::string> bytes;
    std::optional<LongContent> in_file; ///< in place of the bytes
    /// Where there are none: "unreadable", "item", "reference", "size", "purged", "malware".
    std::string reason;
    bool transient = false; ///< "unreadable" at the moment; asking later may help
};

/// How much larger than the file the size may be that a provider tells of it (G-155).
inline constexpr std::int64_t stored_overhead = 64 * 1024;

/// What one fetch of contents may take.
struct ContentLimits {
    std::int64_t max_bytes = 0;         ///< of each; kept to while reading, whatever size was told
    std::string directory = "/var/tmp"; ///< for long ones
};

struct AttachmentRef {
    std::string item_id;
    std::string attachment_id;
    std::int64_t size = 0;
};

/// The write cannot be carried out on this item. Not transient: the same write will fail again, so
/// the item is given up or parked instead of holding the others.
struct WriteRefused {
    std::string failure; ///< stable name
    std::string message;
    bool transient = false;
};
/// Not done: whoever asks may not, says the provider. Said of one item among others it is that
/// item's trouble; said of every one a permission is missing.
struct Denied {
    Failure failure;
};
/// No answer was heard. It may have been done, and is harmless twice.
struct Unheard {
    Failure failure; ///< why not
};
using WriteAnswer = std::variant<Written, Conflict, Gone, WriteRefused, Deferred, Denied, Unheard>;

/// The provider does not do this for the mailbox, and will not when asked again.
struct NotOffered {
    std::string message;
};
/// The installation whose mark is in the mailbox; empty where there is none.
using MarkAnswer = std::variant<std::string, NotOffered>;

/// Who a mailbox belongs to in the provider's directory.
struct Account {
    std::string object_id;              ///< stays when the addresses change
    std::vector<std::string> addresses; ///< by which the mailbox can be asked for, the best first
};
/// Gone: the directory does not know it.
using AccountAnswer = std::variant<Account, Gone, NotOffered>;

/// What a probe of one permission or step found, for `check` and `mailbox test`.
struct ProbeResult {
    std::string step; ///< "token", "read mail", "categories", "write"
    bool passed = false;
    std::string detail; ///< one line: what is missing and what to do
};

/// One mailbox at a provider. tests/conformance says what every implementation promises.
///
/// Calls throw Failure when the operation cannot be carried out now; what a caller branches on is
/// in the return type. Calls on one mailbox may overlap; the connector keeps to the provider's
/// limits itself.
class Connector {
public:
    virtual ~Connector() = default;

    /// Which properties changes_since asks for. Kept with each folder's cursor: one that was opened
    /// with another list goes on telling that list, so its folder is read again from nothing.
    virtual int query_version() const { return 1; }

    /// What the provider's clock shows when ours shows `at`, as far as its answers told: what it
    /// says about times is compared with times of its own. `at` itself where nothing was told.
    virtual Timestamp by_providers_clock(Timestamp at) const { return at; }

    /// Changes of the folder tree since `cursor`; everything for an empty one. Search folders and
    /// the like are left out.
    virtual boost::asio::awaitable<std::variant<FolderChanges, CursorExpired>>
    folders_since(Cursor cursor) = 0;

    /// The next page of each folder, up to 20 folders in one request. Headers only (phase 1). A
    /// round from nothing tells the newest first, where the provider can. A folder that is gone
    /// gives CursorExpired and shows in folders_since.
    virtual boost::asio::awaitable<std::vector<PageAnswer>>
    changes_since(std::vector<FolderCursor> folders) = 0;

    /// What changed anywhere in the mailbox at that time or later, said without its contents: a
    /// hint at which folders to ask, no more. Nothing where this mailbox does not tell.
    virtual boost::asio::awaitable<std::optional<ChangedItems>> changed_items(Timestamp since);

    /// The items of the mailbox that carry a category, page by page: `next` is empty at first.
    /// Headers only. Nothing where this mailbox does not search so.
    virtual boost::asio::awaitable<std::optional<Page>> items_with_category(CategorySearch search,
                                                                            Cursor next);

    /// How many items each folder says to hold, for people: what is listed may differ.
    virtual boost::asio::awaitable<std::vector<std::optional<std::int64_t>>>
    count_items(std::vector<FolderId> folders);

    /// The items as they are now, by id; a gone one is nothing, one that cannot be read is marked
    /// unreadable. Headers only, batched.
    virtual boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_up(std::vector<ItemKey> keys) = 0;

    /// As look_up, with transport headers: Message::automatic and sensitivity are said afterwards.
    virtual boost::asio::awaitable<std::vector<std::optional<Item>>>
    look_at_headers(std::vector<ItemKey> keys) = 0;

    /// The items of this mailbox with a Message-ID, with or without brackets, in the case in which
    /// its sender wrote it. Headers only.
    virtual boost::asio::awaitable<std::vector<Item>> find_message(std::string message_id) = 0;

    /// The items of this mailbox whose In-Reply-To or References name that Message-ID, some of them
    /// twice. Headers only. Throws a Failure to set aside where this mailbox does not search so.
    virtual boost::asio::awaitable<std::vector<Item>> find_replies(std::string message_id) = 0;

    /// Bodies and attachment lists of accepted items, batched, in the order of `accepted`.
    virtual boost::asio::awaitable<std::vector<BodyAnswer>>
    fetch(std::vector<ItemKey> accepted) = 0;

    /// Attachment contents, in the order asked; small ones batched, long ones into files.
    virtual boost::asio::awaitable<std::vector<AttachmentContent>>
    fetch_attachments(std::vector<AttachmentRef> attachments, ContentLimits limits) = 0;

    /// Writes whole category lists, batched, each only if the item is at the expected version. What
    /// was answered is told whatever became of the others.
    virtual boost::asio::awaitable<std::vector<WriteAnswer>>
    write_categories(std::vector<CategoryWrite> writes) = 0;

    virtual boost::asio::awaitable<std::vector<MasterCategory>> master_categories() = 0;
    /// Adds what is missing; a name that is there already (see same_name) is left alone.
    virtual boost::asio::awaitable<void>
    add_master_categories(std::vector<MasterCategory> categories) = 0;
    /// The language of the mailbox's user, as a locale: "de-AT". Nothing: the provider does not
    /// say.
    virtual boost::asio::awaitable<std::optional<std::string>> language()
    {
        co_return std::nullopt;
    }

    /// Takes categories off the master list, by name (see same_name). Items that carry them keep
    /// them.
    virtual boost::asio::awaitable<void>
    remove_master_categories(std::vector<std::string> names) = 0;

    // What follows a provider may do without.

    /// Which installation's mark is in the mailbox, where nobody sees it.
    virtual boost::asio::awaitable<MarkAnswer> read_mark();
    /// Leaves one in the place of whichever is there; an empty one takes it away. Says so where the
    /// provider keeps no marks.
    virtual boost::asio::awaitable<std::optional<NotOffered>> leave_mark(std::string mark);

    /// The account with this object id; that of the mailbox's own address where none is given.
    virtual boost::asio::awaitable<AccountAnswer> account(std::string object_id);

    /// Tries each step the service will need; changes nothing a person sees.
    virtual boost::asio::awaitable<std::vector<ProbeResult>> probe() = 0;
};

} // namespace crmsync
